import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectMarks } from '../../../src/app/live/project-marks.js'

let root: string
const path = (file: string) => join(root, file)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace marks-'))
  for (const folder of ['assets/dist', 'dist', '.millrace']) mkdirSync(path(folder), { recursive: true })
  writeFileSync(path('millrace.yaml'), 'name: x\n')
  writeFileSync(path('assets/dist/a.sql'), 'select 1 as n')
})
afterEach(() => rmSync(root, { recursive: true }))

async function changedBy(edit: () => void): Promise<boolean> {
  const before = await projectMarks(root)
  edit()
  return (await projectMarks(root)) !== before
}

test('edits of assets in folders of any name are seen, and of nothing that is made', async () => {
  expect(await changedBy(() => writeFileSync(path('assets/dist/a.sql'), 'select 2 as n'))).toBe(true)
  expect(await changedBy(() => writeFileSync(path('dist/a.sql'), 'select 1 as n'))).toBe(false)
  expect(await changedBy(() => writeFileSync(path('.millrace/a.json'), '{}'))).toBe(false)
})

test('other rights are seen, and another text of the same size and time', async () => {
  expect(await changedBy(() => chmodSync(path('assets/dist/a.sql'), 0o600))).toBe(true)
  const then = new Date(2026, 0, 1)
  utimesSync(path('assets/dist/a.sql'), then, then)
  expect(
    await changedBy(() => {
      writeFileSync(path('assets/dist/a.sql'), 'select 3 as n')
      utimesSync(path('assets/dist/a.sql'), then, then)
    }),
  ).toBe(true)
})

test('an edit behind a link is seen, and a file that another was moved over', async () => {
  writeFileSync(path('.millrace/b'), 'select 1 as n')
  symlinkSync('../.millrace/b', path('assets/b.sql'))
  expect(await changedBy(() => writeFileSync(path('.millrace/b'), 'select 22 as n'))).toBe(true)
  writeFileSync(path('draft'), 'select 4 as n')
  expect(await changedBy(() => renameSync(path('draft'), path('assets/dist/a.sql')))).toBe(true)
})
