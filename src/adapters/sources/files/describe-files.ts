import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../../../domain/column.js'
import type { FileToLoad, Reading } from './file-reading.js'
import { matchFiles } from './match-files.js'
import { stampOf } from './seen-files.js'

/** Looked through in about a second. More has to wait for its load, which looks through everything anyway. */
const MOST_BYTES = 16 * 2 ** 20

/**
 * The columns that the files below `folder` have together. Null where that is not sure yet, or would take long, or
 * where something is wrong with them: the load says what.
 */
export async function describeFiles(
  { folder, pattern }: Readonly<{ folder: string; pattern: string }>,
  read: (files: readonly FileToLoad[], folder: string) => Promise<Reading>,
): Promise<readonly Column[] | null> {
  const files = await filesToRead(folder, pattern).catch(() => [])
  if (files.length === 0) return null
  const scratch = await mkdtemp(join(tmpdir(), 'millrace-look-'))
  try {
    const { columns, shape, unfinished } = await read(files, scratch)
    const isSure =
      unfinished.length === 0 && shape.length > 0 && shape.every(({ type }) => !type.startsWith('?'))
    return isSure ? (columns ?? shape) : null
  } catch {
    return null
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function filesToRead(folder: string, pattern: string): Promise<FileToLoad[]> {
  const found: FileToLoad[] = []
  let bytes = 0
  for (const file of (await matchFiles(folder, pattern)).files) {
    const path = join(folder, file)
    bytes += (await stampOf(path))?.size ?? 0
    if (bytes > MOST_BYTES) return []
    found.push({ file, path, isYoung: true })
  }
  return found
}
