import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/domain/diagnostic.js'
import { readAssetFiles } from '../../../src/project/files/asset-files.js'
import { withProject } from '../fixture.js'

test('what is no file is told instead of being waited for, followed for ever or missed', async () => {
  const found: Diagnostic[] = []
  await withProject({}, async (root) => {
    const at = (name: string) => join(root, 'assets/marts', name)
    mkdirSync(join(root, 'assets/marts'))
    execFileSync('mkfifo', [at('pipe.sql')])
    symlinkSync('loop.sql', at('loop.sql'))
    symlinkSync('/nowhere/at/all.sql', at('gone.sql'))
    symlinkSync('..', at('up'))
    symlinkSync('../raw/readings.yaml', at('linked.yaml'))
    const files = await readAssetFiles(root, (diagnostic) => void found.push(diagnostic))
    expect(files.map(({ name }) => name)).toEqual(['marts.linked', 'raw.readings'])
  })
  const told = found.map(({ file, code, severity, message }) => `${file} ${severity} ${code} ${message}`)
  expect(told.sort()).toEqual([
    'assets/marts/gone.sql error FILE_UNREADABLE The file cannot be read: there is none, or a link to nothing.',
    'assets/marts/loop.sql error FILE_UNREADABLE The file cannot be read: its link leads back to itself.',
    'assets/marts/pipe.sql error FILE_UNREADABLE The file cannot be read: it is no ordinary file.',
    'assets/marts/up warning FOLDER_LINKED A folder that is a link is passed over: no asset below it is read.',
  ])
})
