import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logFolder } from '../../../src/app/run-log/place.js'
import { openRunLog } from '../../../src/app/run-log/write.js'
import { systemClock } from '../../../src/base/clock.js'
import { createLog } from '../../../src/base/log.js'
import type { Plan } from '../../../src/planner/plan.js'

test('a run goes on where its log cannot be written, which is said once', () => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  try {
    // A file where the folder should be: nothing can be made in it, by whatever user.
    writeFileSync(logFolder(home), '')
    const file = join(home, 'millrace.log')
    const log = openRunLog(home, systemClock, createLog({ level: 'warn', file }))
    log.note({ kind: 'run-started', run: 1, plan: { steps: [] } as unknown as Plan })
    log.note({ kind: 'step-log', asset: 'a.a', level: 'info', message: 'still here' })
    log.close()
    const said = readFileSync(file, 'utf8').trim().split('\n')
    expect(said).toEqual([expect.stringContaining('the log of this run cannot be written')])
  } finally {
    rmSync(home, { recursive: true })
  }
})
