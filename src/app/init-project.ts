import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { appError } from './errors.js'
import { starterFiles } from './starter.js'

/**
 * Writes a small working project: readings from a CSV file, cleaned, summed by hour, checked, and delivered as
 * Parquet. Nothing that exists is overwritten.
 * @throws INIT_FOLDER_TAKEN, INIT_FOLDER_UNUSABLE
 */
export async function initProject(folder: string): Promise<{ root: string; files: readonly string[] }> {
  const root = resolve(folder)
  const files = starterFiles(root)
  const taken = Object.keys(files).find((file) => existsSync(join(root, file)))
  if (taken) throw appError('INIT_FOLDER_TAKEN', { folder: root, file: taken })
  try {
    for (const [file, text] of Object.entries(files)) {
      const path = join(root, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    }
  } catch (cause) {
    const detail = reasonOf(cause)
    if (detail === null) throw cause
    throw appError('INIT_FOLDER_UNUSABLE', { folder: root, detail }, { cause })
  }
  return { root, files: Object.keys(files) }
}

/** What keeps a folder from being written to; null for a fault of ours. */
function reasonOf(error: unknown): string | null {
  switch (error instanceof Error && 'code' in error && error.code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'there is a file in the way'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it may not be written to'
    case 'ENAMETOOLONG':
      return 'the name is too long'
    case 'ENOSPC':
      return 'the disk is full'
    default:
      return null
  }
}
