import type { ColumnBatch } from '../../../../columns/column-batch.js'
import type { Column } from '../../../../domain/column.js'
import { quoteText } from '../../../../sql/quote.js'
import type { Changes, ChangesRequest } from '../../engine.js'
import { engineError } from '../../errors.js'
import { readColumns } from '../columns/read-columns.js'
import type { Connections } from '../connection/connections.js'
import { OUTBOXES } from '../connection/schema.js'
import { engineFailure } from '../statements/failure.js'
import { changesTable, columnList, nameList, readerView } from '../statements/names.js'

/** Opens a delivered asset's changes: all rows, or what later releases did, the last change of a key alone. */
export async function openChanges(
  connections: Connections,
  request: ChangesRequest,
  isKept: boolean,
): Promise<Changes> {
  return request.after === 'all' ? allRows(connections, request) : laterRows(connections, request, isKept)
}

async function allRows(connections: Connections, request: ChangesRequest): Promise<Changes> {
  const { asset, columns, key } = request
  const [upserted = 0] = await counts(connections, asset, `select count(*)::DOUBLE from ${readerView(asset)}`)
  return {
    columns,
    upserted,
    deleted: 0,
    upserts: (signal) =>
      streamColumns(
        connections,
        asset,
        `select ${columnList(columns)} from ${readerView(asset)}`,
        columns,
        signal,
      ),
    deletes: (signal) =>
      streamColumns(
        connections,
        asset,
        `select ${nameList(key)} from ${readerView(asset)} limit 0`,
        keyColumns(request),
        signal,
      ),
  }
}

const keyColumns = ({ key, columns }: ChangesRequest): Column[] =>
  key.flatMap((name) => columns.filter((column) => column.name === name))

async function laterRows(
  connections: Connections,
  request: ChangesRequest,
  isKept: boolean,
): Promise<Changes> {
  const { asset, columns, key, delivery } = request
  if (!isKept) return noChanges(columns)
  const after = Number(request.after)
  const table = changesTable(delivery)
  // The last change of each key. Bounded above, so that a release made while the streams are read does not slip in.
  const latest = (last: number) =>
    `(select * from ${table} where _release > ${after} and _release <= ${last} ` +
    `qualify row_number() over (partition by ${nameList(key)} order by _release desc, rowid desc) = 1)`
  const [completeSince = 0, last = 0, upserted = 0, deleted = 0] = await counts(
    connections,
    asset,
    `select (select max(complete_since) from ${OUTBOXES} where delivery = ${quoteText(delivery)})::DOUBLE, ` +
      `(select coalesce(max(_release), 0) from ${table})::DOUBLE, ` +
      `count(*) filter (_op = 'upsert')::DOUBLE, count(*) filter (_op = 'delete')::DOUBLE ` +
      `from ${latest(Number.MAX_SAFE_INTEGER)}`,
  )
  if (after < completeSince) throw engineError('ENGINE_CHANGES_LOST', { delivery, after })
  const stream = (op: 'upsert' | 'delete', count: number, of: readonly Column[]): Changes['upserts'] =>
    count === 0
      ? nothing
      : (signal) => {
          const sql = `select ${columnList(of)} from ${latest(last)} where _op = '${op}'`
          return streamColumns(connections, asset, sql, of, signal)
        }
  return {
    columns,
    upserted,
    deleted,
    upserts: stream('upsert', upserted, columns),
    deletes: stream('delete', deleted, keyColumns(request)),
  }
}

async function* nothing(): AsyncGenerator<ColumnBatch> {}

const noChanges = (columns: readonly Column[]): Changes => ({
  columns,
  upserted: 0,
  deleted: 0,
  upserts: nothing,
  deletes: nothing,
})

async function counts(connections: Connections, asset: string, sql: string): Promise<number[]> {
  try {
    return await connections.use(async (connection) => {
      const reader = await connection.runAndReadAll(sql)
      return (reader.getRows()[0] ?? []).map(Number)
    })
  } catch (error) {
    throw engineFailure(error, { asset })
  }
}

/** Streams a query on a connection of its own, which is given back when the reader is done or stops early. */
export async function* streamColumns(
  connections: Connections,
  asset: string,
  sql: string,
  columns: readonly Column[],
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  const connection = await connections.acquire()
  try {
    yield* readColumns(connection, sql, columns, signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw engineFailure(error, { asset })
  } finally {
    connections.giveBack(connection)
  }
}
