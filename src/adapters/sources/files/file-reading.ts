import { MillraceError, messageOf } from '../../../base/errors.js'
import type { Json } from '../../../base/json.js'
import { sourceError } from '../errors.js'
import { isOfDisk, PackingError } from './byte-stream.js'
import type { ExpectedColumns } from './expected-columns.js'

/** A file that is to be loaded. */
export type FileToLoad = Readonly<{
  /** Relative to the connection's folder, with forward slashes. */
  file: string
  path: string
  /** Written to within the last minute: what is not whole may become so. */
  isYoung: boolean
}>

export type ReadContext = Readonly<{
  asset: string
  expected: ExpectedColumns
  declaredNames: readonly string[]
  releasedNames: readonly string[]
  releasedShape: readonly ReadColumn[]
  options: Readonly<Record<string, Json>>
  /** For files that have to be written again before the engine can read them. */
  folder: string
}>

/** Columns as the engine is told to read them. */
export type ReadColumn = Readonly<{ name: string; type: string }>

/** Files ready for the engine's reader. */
export type Reading = Readonly<{
  /** Null where the files themselves say the types. */
  columns: readonly ReadColumn[] | null
  /** What later files are held against. */
  shape: readonly ReadColumn[]
  /** Where each file is read from: its own path, or that of a plain copy. */
  paths: readonly { file: string; path: string; rows: number }[]
  /** Files to be looked at again at the next load: they were loaded up to a line that was not whole. */
  unfinished: readonly string[]
  /** Files nothing can be read of yet. What was loaded of them before stays. */
  left: readonly string[]
  options: Readonly<Record<string, Json>>
  notes: readonly string[]
}>

/**
 * Looks through every file. `left`: those that are still being packed or written, as far as their bytes tell, for
 * which `scan` gives null or stops at the end of what is there.
 * @throws SOURCE_FILE_UNREADABLE, whatever is wrong with the bytes
 */
export async function scanAll<T>(
  files: readonly FileToLoad[],
  scan: (file: FileToLoad) => Promise<T | null>,
): Promise<{ scanned: T[]; left: string[] }> {
  const scanned: T[] = []
  const left: string[] = []
  for (const file of files) {
    const one = await scan(file).catch((cause: unknown) => giveUp(file, cause))
    if (one === null) left.push(file.file)
    else scanned.push(one)
  }
  return { scanned, left }
}

function giveUp({ file, isYoung }: FileToLoad, cause: unknown): null {
  if (cause instanceof MillraceError || isOfDisk(cause)) throw cause
  if (isYoung && cause instanceof PackingError && cause.isCutOff) return null
  throw sourceError('SOURCE_FILE_UNREADABLE', { file, detail: messageOf(cause) }, { cause })
}

export const leftNote = (file: string): string => `${file} is not whole yet and is left for the next run.`
