import type { Json } from '../../../base/json.js'
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
  /** Files to be looked at again at the next load: they were not whole. */
  unfinished: readonly string[]
  options: Readonly<Record<string, Json>>
  notes: readonly string[]
}>
