import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLog } from '../../src/base/log.js'

test('a log writes JSON lines into a file whose folder it makes', () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace log-'))
  const file = join(root, 'home/millrace.log')
  createLog({ level: 'info', file }).child({ run: 7 }).info('released')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ run: 7, msg: 'released' })
  rmSync(root, { recursive: true })
})

// Only Linux has a file on which every write finds the disk full.
test.skipIf(!existsSync('/dev/full'))('a full disk costs lines of the log and nothing else', async () => {
  const log = createLog({ level: 'info', file: '/dev/full' })
  for (let line = 0; line < 3; line++) log.info('x')
  await new Promise((resolve) => setImmediate(resolve))
})
