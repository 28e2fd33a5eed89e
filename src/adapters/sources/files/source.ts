import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Clock, systemClock } from '../../../base/clock.js'
import { digest } from '../../../base/digest.js'
import { MillraceError, messageOf } from '../../../base/errors.js'
import type { Json } from '../../../base/json.js'
import { type Asset, declaredTypes } from '../../../domain/asset.js'
import type { ConnectionSpec } from '../../../domain/project.js'
import { sourceError } from '../errors.js'
import type { ExtractRequest, Source, Extract as SourceExtract } from '../source.js'
import { describeFiles } from './describe-files.js'
import { expectedColumns } from './expected-columns.js'
import type { FileToLoad, ReadContext, Reading } from './file-reading.js'
import { findNewFiles, type NewFile, type NewFiles } from './find-new-files.js'
import { readCsv } from './read-csv.js'
import { readNdjson } from './read-ndjson.js'
import { readParquet } from './read-parquet.js'
import { type FilesPosition, parsePosition, type SeenFile } from './seen-files.js'

/** The column that keeps which file a row came from, so that a changed file's rows can give way. */
export const FILE_COLUMN = '_millrace_file'

export type FilesConnection = Extract<ConnectionSpec, { kind: 'files' }>
type FilesSpec = Extract<Extract<Asset['body'], { kind: 'source' }>['source'], { kind: 'files' }>

const READERS = { csv: readCsv, ndjson: readNdjson, parquet: readParquet } as const

/**
 * Rows from files below a folder. Only files that are new or changed since the last load are read; a changed
 * file's rows give way to its new ones, a removed file's rows stay. The engine reads the files: here they are
 * looked through once, so that types are settled over all rows, and every fault is found with its file and line.
 */
export function openFilesSource(
  asset: Asset,
  connection: FilesConnection,
  clock: Clock = systemClock,
): Source {
  if (asset.body.kind !== 'source' || asset.body.source.kind !== 'files')
    throw new TypeError(`${asset.name} is no source of files`)
  const spec = asset.body.source
  return {
    describe: () =>
      describeFiles({ folder: connection.path, pattern: spec.path }, (files, folder) =>
        READERS[spec.format](files, readContext(asset, spec, null, folder)),
      ),
    extract: async (request, signal) => {
      try {
        return await extract({ asset, spec, connection, clock }, request, signal)
      } catch (cause) {
        throw signal.aborted ? signal.reason : translate(cause, connection)
      }
    },
    close: () => Promise.resolve(),
  }
}

type Origin = Readonly<{ asset: Asset; spec: FilesSpec; connection: FilesConnection; clock: Clock }>

async function extract(
  { asset, spec, connection, clock }: Origin,
  request: ExtractRequest,
  signal: AbortSignal,
): Promise<SourceExtract> {
  const before = parsePosition(request.position)
  const search = { folder: connection.path, pattern: spec.path, position: before, clock, signal }
  const found = await findNewFiles(search)
  if (found.matched === 0 && before === null && found.notes.length === 0)
    throw sourceError('SOURCE_NO_FILES', { pattern: join(connection.path, spec.path) })
  const files = await snapshots(found, request.folder)
  signal.throwIfAborted()
  const reading = await READERS[spec.format](files, readContext(asset, spec, before, request.folder))
  signal.throwIfAborted()
  const left = new Set(reading.left)
  const read = { ...found, files: found.files.filter(({ file }) => !left.has(file)) }
  return toExtract(spec, read, reading, before)
}

/** A file that was written to just now is read from a copy: it may grow between being looked through and loaded. */
async function snapshots(found: NewFiles, folder: string): Promise<FileToLoad[]> {
  const files: FileToLoad[] = []
  for (const { file, path, isFresh, isYoung } of found.files) {
    const copy = join(folder, `${digest(['snapshot', file])}-${basename(file)}`)
    if (isFresh) await copyFile(path, copy)
    files.push({ file, path: isFresh ? copy : path, isYoung })
  }
  return files
}

function readContext(
  asset: Asset,
  spec: FilesSpec,
  before: FilesPosition | null,
  folder: string,
): ReadContext {
  const released = before?.columns ?? []
  return {
    asset: asset.name,
    expected: expectedColumns(declaredTypes(asset), released),
    declaredNames: asset.columns.map(({ name }) => name).filter((name) => name !== FILE_COLUMN),
    releasedNames: released.map(({ name }) => name),
    releasedShape: released,
    options: spec.options,
    folder,
  }
}

function toExtract(
  spec: FilesSpec,
  found: NewFiles,
  reading: Reading,
  before: FilesPosition | null,
): SourceExtract {
  const rows = reading.paths.reduce((sum, path) => sum + path.rows, 0)
  // Files that had rows and have none now still give way.
  const gone = found.files.some(({ file }) => (before?.files[file]?.rows ?? 0) > 0)
  const hasPayload = reading.paths.length > 0 || gone
  const notes = [...found.notes, ...reading.notes]
  return {
    columns: hasPayload ? columnsToLoad(reading, before) : null,
    payload: hasPayload
      ? {
          kind: 'files',
          format: spec.format,
          paths: reading.paths.map(({ path }) => path),
          options: reading.options,
          fileColumn: FILE_COLUMN,
          sent: () => rows,
        }
      : null,
    effect: effectOf(found, reading, before),
    position: () => positionAfter(found, reading, before),
    notes,
    settle: () => Promise.resolve(),
  }
}

/** Where only emptied files are left, the columns are those of before. */
const columnsToLoad = (reading: Reading, before: FilesPosition | null): Reading['columns'] =>
  reading.paths.length === 0 ? (before?.columns ?? null) : reading.columns

/** Until a row was loaded no column has a type that must be kept, so the first rows come in place of what is there. */
function effectOf(found: NewFiles, reading: Reading, before: FilesPosition | null): SourceExtract['effect'] {
  if (!hasRows(before)) return { kind: 'replace' }
  const files = new Set(reading.paths.map(({ path }) => path))
  for (const { file, path } of found.files) {
    files.add(path)
    const earlier = before?.files[file]
    if (earlier) files.add(earlier.loadedFrom)
  }
  for (const file of found.renamed.keys()) {
    const earlier = before?.files[file]
    if (earlier) files.add(earlier.loadedFrom)
  }
  return { kind: 'files', fileColumn: FILE_COLUMN, files: [...files] }
}

const hasRows = (position: FilesPosition | null): boolean =>
  position !== null && Object.values(position.files).some(({ rows }) => rows > 0)

function positionAfter(found: NewFiles, reading: Reading, before: FilesPosition | null): Json {
  const paths = new Map(reading.paths.map((path) => [path.file, path]))
  const unfinished = new Set(reading.unfinished)
  const seen = found.files.map(
    (file) => [file.file, seenFile(file, paths.get(file.file), unfinished.has(file.file))] as const,
  )
  const files = { ...before?.files, ...Object.fromEntries(seen) }
  for (const file of found.renamed.keys()) delete files[file]
  const isSettled = Object.values(files).some(({ rows }) => rows > 0)
  const columns = reading.paths.length > 0 ? reading.shape : (before?.columns ?? [])
  return { files, columns: isSettled ? columns.map(({ name, type }) => ({ name, type })) : [] }
}

/** A file that was not whole is remembered with no time, so that it counts as changed at the next load. */
const seenFile = (
  { path, stamp, digest }: NewFile,
  read: { path: string; rows: number } | undefined,
  isUnfinished: boolean,
): SeenFile => ({
  ...stamp,
  ...(isUnfinished && { mtimeMs: 0 }),
  digest,
  rows: read?.rows ?? 0,
  loadedFrom: read?.path ?? path,
})

function translate(cause: unknown, connection: FilesConnection): unknown {
  if (cause instanceof MillraceError || !(cause instanceof Error && 'syscall' in cause)) return cause
  const { code, path } = cause as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM')
    return sourceError(
      'SOURCE_FILE_UNREADABLE',
      { file: path ?? connection.path, detail: messageOf(cause) },
      { cause },
    )
  return sourceError(
    'SOURCE_UNREACHABLE',
    { connection: connection.name, detail: messageOf(cause) },
    { cause },
  )
}
