import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { headerReference } from '../../../src/project/reference/header-reference.js'

const PAGE = fileURLToPath(new URL('../../../docs/header.md', import.meta.url))

it('docs/header.md is what the field table gives (UPDATE_GOLDEN=1 writes it)', async () => {
  if (process.env.UPDATE_GOLDEN === '1') await writeFile(PAGE, headerReference())
  expect(await readFile(PAGE, 'utf8')).toBe(headerReference())
})
