import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writePage } from '../../../src/app/report/page-file.js'
import { preparePageFolder } from '../../../src/app/report/page-folder.js'
import { keepFilesPrivate } from '../../../src/base/private-files.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-pages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('pages in a folder that somebody named are as his umask says, those of the home are its owner’s alone', async () => {
  process.umask(0o022)
  keepFilesPrivate()
  const modes = async (name: string, isUsers: boolean) => {
    const path = join(folder, name)
    await preparePageFolder({ path, isUsers }, 'weekly')
    await writePage({ path, isUsers }, 'weekly/a/2024.html', '<p>')
    const paths = ['', 'weekly', 'weekly/a', 'weekly/a/2024.html']
    return paths.map((below) => (statSync(join(path, below)).mode & 0o777).toString(8))
  }
  expect(await modes('sent', true)).toEqual(['755', '755', '755', '644'])
  expect(await modes('own', false)).toEqual(['700', '700', '700', '600'])
})
