import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect } from 'vitest'

/**
 * Compares text with a committed file below `test/golden/`. `UPDATE_GOLDEN=1 npm test` writes the files anew; look
 * at the difference before committing it.
 */
export function expectGolden(file: string, text: string): void {
  const path = resolve(import.meta.dirname, '../golden', file)
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return
  }
  expect(text).toBe(
    existsSync(path) ? readFileSync(path, 'utf8') : `(there is no ${file}; write it with UPDATE_GOLDEN=1)`,
  )
}
