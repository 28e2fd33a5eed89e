import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { load, printed } from './fixture.js'
import { WRONG_PROJECTS } from './wrong-projects.js'

const GOLDEN = fileURLToPath(new URL('../golden/project/', import.meta.url))
const UPDATE = process.env.UPDATE_GOLDEN === '1'

describe('a wrong project', () => {
  for (const [name, { files, env }] of Object.entries(WRONG_PROJECTS)) {
    it(`is told: ${name.replaceAll('-', ' ')}`, async () => {
      const { project, diagnostics } = await load(files, env)
      const text = printed(diagnostics)
      if (UPDATE) {
        await mkdir(GOLDEN, { recursive: true })
        await writeFile(`${GOLDEN}${name}.txt`, text)
      }
      expect(text).toBe(await readFile(`${GOLDEN}${name}.txt`, 'utf8'))
      expect(diagnostics.length).toBeGreaterThan(0)
      expect(project === null).toBe(diagnostics.some(({ severity }) => severity === 'error'))
    })
  }

  it('has a golden file for each way and no other', async () => {
    expect((await readdir(GOLDEN)).sort()).toEqual(
      Object.keys(WRONG_PROJECTS)
        .map((name) => `${name}.txt`)
        .sort(),
    )
  })
})
