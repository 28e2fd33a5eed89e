import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFilesSource } from '../../../../src/adapters/sources/files/source.js'
import { asset } from '../../../planner/project.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-describe-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function columns(format: 'csv' | 'ndjson', path = `*.${format}`) {
  const readings = asset('raw.readings', {
    columns: [{ name: 'id', type: 'BIGINT' }],
    body: { kind: 'source', source: { kind: 'files', connection: 'drop', path, format, options: {} } },
  })
  const source = openFilesSource(readings, { kind: 'files', name: 'drop', path: folder })
  return source.describe(AbortSignal.timeout(10_000))
}

describe('columns of files that were never loaded', () => {
  test('are those of all files together, declared types first', async () => {
    writeFileSync(join(folder, 'a.csv'), 'id,value\n1,2\n')
    writeFileSync(join(folder, 'b.csv'), 'id,value\n2,2.5\n')
    expect(await columns('csv')).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'value', type: 'DOUBLE' },
    ])
    writeFileSync(join(folder, 'a.ndjson'), '{"id": 1, "note": "x"}\n')
    expect((await columns('ndjson'))?.map(({ name }) => name)).toEqual(['id', 'note'])
  })

  test('are not known where there are none, where they are faulty, or where a look takes long', async () => {
    expect(await columns('csv')).toBeNull()
    writeFileSync(join(folder, 'a.csv'), 'id\nno number\n')
    expect(await columns('csv')).toBeNull()
    writeFileSync(join(folder, 'a.csv'), `id\n${'1234567\n'.repeat(2_200_000)}`)
    expect(await columns('csv')).toBeNull()
  })
})
