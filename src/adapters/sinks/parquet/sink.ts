import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError, messageOf } from '../../../base/errors.js'
import { createLimit } from '../../../base/limit.js'
import type { Logger } from '../../../base/log.js'
import { makeUsersFolder } from '../../../base/private-files.js'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import type { ConnectionSpec } from '../../../domain/project.js'
import { sinkError } from '../errors.js'
import type { DeliverRequest, Sink, SinkLedgerEntry, TableDelivery, TableOutcome } from '../sink.js'
import { type FileLedgerEntry, readLedgerFile, writeLedgerFile } from './ledger-file.js'
import { targetPath } from './target-path.js'
import { type FileBeside, prepareBeside } from './write-beside.js'

export type FilesConnection = Extract<ConnectionSpec, { kind: 'files' }>

export type SinkOwner = Readonly<{ project: string; environment: string; log: Logger }>

/**
 * Delivers to Parquet files in a folder, each replaced whole. All files of a release are written beside their
 * places first, then renamed one after another, then the ledger file is renamed.
 *
 * This is weaker than a transaction in three ways. A reader that opens two files during the renames (a few
 * milliseconds) may see one of release n and one of n + 1. A crash between the renames leaves that mix until the
 * next delivery, which finds no ledger entry and writes every file again. And a reader that keeps a file open
 * over a rename goes on reading the old one to its end. What holds always: a file that can be opened under its
 * name is whole, and the ledger never names a release whose files are not all in place.
 */
export function openParquetSink(connection: FilesConnection, owner: SinkOwner): Sink {
  const inTurn = createLimit(1)
  return {
    ledger: (signal) =>
      guard(connection, signal, async () =>
        (await entriesInPlace(connection))
          .filter((entry) => belongsTo(entry, owner))
          .map(({ delivery, target, release }): SinkLedgerEntry => ({ delivery, target, release })),
      ),
    deliver: (request, signal) =>
      inTurn(() => guard(connection, signal, () => deliverFiles(connection, request, signal))),
    read: () => refuseToRead(connection.name),
    close: async () => {},
  }
}

async function deliverFiles(
  connection: FilesConnection,
  request: DeliverRequest,
  signal: AbortSignal,
): Promise<TableOutcome[]> {
  await makeUsersFolder(connection.path)
  const entries = await entriesInPlace(connection)
  const due = request.tables.filter((table) => !isDelivered(entries, request, table))
  const written = await writeAllBeside(connection, due, signal)
  // From here on nothing is given up halfway: the renames take milliseconds.
  for (const { beside } of written) await beside.moveIntoPlace()
  if (written.length > 0) {
    const fresh = written.map((file) => entryOf(request, file))
    const rest = entries.filter((old) => !fresh.some((entry) => isSameDelivery(old, entry)))
    await writeLedgerFile(connection.path, [...rest, ...fresh])
  }
  const rows = new Map(written.map(({ table, rows }) => [table.delivery, rows]))
  return request.tables.map(({ delivery }) => ({
    delivery,
    inserted: rows.get(delivery) ?? 0,
    updated: 0,
    deleted: 0,
  }))
}

/** Entries whose file was removed since speak of nothing. */
async function entriesInPlace(connection: FilesConnection): Promise<FileLedgerEntry[]> {
  const entries = await readLedgerFile(connection.path, connection.name)
  const isThere = await Promise.all(
    entries.map(({ target }) =>
      stat(join(connection.path, target)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return entries.filter((_entry, index) => isThere[index])
}

type WrittenFile = Readonly<{ table: TableDelivery; beside: FileBeside; rows: number; bytes: number }>

async function writeAllBeside(
  connection: FilesConnection,
  tables: readonly TableDelivery[],
  signal: AbortSignal,
): Promise<WrittenFile[]> {
  const paths: string[] = []
  for (const { target } of tables) paths.push(await targetPath(connection.path, target, connection.name))
  const begun: FileBeside[] = []
  const written: WrittenFile[] = []
  try {
    for (const [index, table] of tables.entries()) {
      const beside = await prepareBeside(paths[index]!)
      begun.push(beside)
      written.push({ table, beside, ...(await table.writeParquet(beside.path, signal)) })
      signal.throwIfAborted()
    }
    return written
  } catch (error) {
    await Promise.all(begun.map((beside) => beside.discard()))
    throw error
  }
}

/** Files are written whole, so the same release again is skipped unless all rows are asked for: a repair. */
function isDelivered(
  entries: readonly FileLedgerEntry[],
  request: DeliverRequest,
  table: TableDelivery,
): boolean {
  const entry = entries.find((old) => belongsTo(old, request) && old.delivery === table.delivery)
  if (!entry || table.mode === 'all' || entry.target !== table.target || entry.release < request.release)
    return false
  // A warehouse begun anew counts its releases from one again; its time goes on.
  return Date.parse(entry.released_at) >= request.at
}

function entryOf(request: DeliverRequest, { table, rows, bytes }: WrittenFile): FileLedgerEntry {
  return {
    project: request.project,
    environment: request.environment,
    delivery: table.delivery,
    target: table.target,
    release: request.release,
    released_at: new Date(request.at).toISOString(),
    rows,
    bytes,
  }
}

const belongsTo = (entry: FileLedgerEntry, owner: { project: string; environment: string }): boolean =>
  entry.project === owner.project && entry.environment === owner.environment

const isSameDelivery = (a: FileLedgerEntry, b: FileLedgerEntry): boolean =>
  belongsTo(a, b) && a.delivery === b.delivery

/** A full or read-only disk is the folder's fault and may pass; our own errors and the engine's pass through. */
async function guard<T>(
  connection: FilesConnection,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  try {
    return await work()
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (cause instanceof MillraceError || !(cause instanceof Error && 'syscall' in cause)) throw cause
    throw sinkError('SINK_UNREACHABLE', { connection: connection.name, detail: messageOf(cause) }, { cause })
  }
}

/** Whoever compares a delivered file reads the file with the engine. */
async function* refuseToRead(connection: string): AsyncGenerator<ColumnBatch> {
  yield* [] as ColumnBatch[]
  throw sinkError('SINK_REFUSED', {
    connection,
    detail: 'Parquet files are not compared with the release; any Parquet reader shows them',
  })
}
