import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { appError } from './errors.js'
import { starterFiles } from './starter.js'

/**
 * Writes a small working project: readings from a CSV file, cleaned, summed by hour, checked, and delivered as
 * Parquet. Nothing that exists is overwritten.
 * @throws INIT_FOLDER_TAKEN
 */
export async function initProject(folder: string): Promise<{ root: string; files: readonly string[] }> {
  const root = resolve(folder)
  const files = starterFiles(root)
  const taken = Object.keys(files).find((file) => existsSync(join(root, file)))
  if (taken) throw appError('INIT_FOLDER_TAKEN', { folder: root, file: taken })
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
  }
  return { root, files: Object.keys(files) }
}
