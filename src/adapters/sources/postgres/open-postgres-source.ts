import type { Client } from 'pg'
import type { Json } from '../../../base/json.js'
import type { Payload } from '../../../columns/payload.js'
import type { Asset, SourceSpec } from '../../../domain/asset.js'
import type { Column } from '../../../domain/column.js'
import type { ConnectionSpec } from '../../../domain/project.js'
import { sourceError } from '../errors.js'
import type { Extract, ExtractRequest, Source } from '../source.js'
import {
  after,
  type Cursor,
  countWithout,
  cursorOf,
  endsForGood,
  numbersDrawnAhead,
  sight,
  wentBack,
} from './cursor.js'
import {
  advance,
  type CursorPosition,
  isRewritten,
  isSettled,
  type Position,
  parsePosition,
  type Sighting,
} from './position.js'
import { openSession } from './session.js'
import { closeSnapshot, copyRows, openSnapshot, type Snapshot } from './snapshot.js'
import { translateError } from './translate-error.js'
import type { MappedColumn } from './type-map.js'
import { compareColumns, findColumn, readUpstream, type Upstream } from './upstream.js'

type PostgresSpec = SourceSpec & { kind: 'postgres' }

/**
 * A table of Postgres as a source. Loads `full` replace all rows; `incremental` and `keyed` read what has a newer
 * cursor and merge it by key. See `position.ts` for how no row is lost when transactions commit out of order.
 */
export function openPostgresSource(asset: Asset, connection: ConnectionSpec): Source {
  if (asset.body.kind !== 'source' || asset.body.source.kind !== 'postgres' || connection.kind !== 'postgres')
    throw new TypeError(`${asset.name} is no source from Postgres`)
  const spec = asset.body.source
  const at = { connection: connection.name, table: spec.table }
  const session = openSession(connection.url)
  const guarded = async <T>(signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> => {
    try {
      return await session.use(signal, work)
    } catch (error) {
      throw translateError(error, at, signal)
    }
  }
  return {
    describe: (signal) =>
      guarded(signal, async (client) => columnsOf((await readUpstream(client, asset, at)).columns)),
    extract: (request, signal) =>
      guarded(signal, (client) => {
        const translate = (error: unknown) => translateError(error, at, signal)
        return extract({ asset, spec, url: connection.url, client, signal, translate }, request)
      }),
    close: session.close,
  }
}

const columnsOf = (columns: readonly MappedColumn[]): Column[] =>
  columns.map(({ name, type }) => ({ name, type }))

type Context = Readonly<{
  asset: Asset
  spec: PostgresSpec
  url: string
  client: Client
  signal: AbortSignal
  translate: (error: unknown) => unknown
}>

async function extract(context: Context, request: ExtractRequest): Promise<Extract> {
  const { asset, spec, client } = context
  const at = { connection: spec.connection, table: spec.table }
  const upstream = await readUpstream(client, asset, at)
  const last = parsePosition(request.position, spec.load === 'full' ? undefined : spec.cursor)
  if (last) compareColumns(asset.name, last.columns, upstream)
  const ordered = last ? inOrderOf(last.columns, upstream) : upstream
  return spec.load === 'full' || spec.cursor === undefined
    ? extractAll(context, ordered)
    : extractNew(context, ordered, spec.cursor, last)
}

/** Columns keep the order of the released ones, wherever upstream has moved them. */
function inOrderOf(before: readonly Column[], upstream: Upstream): Upstream {
  const place = new Map(before.map(({ name }, index) => [name, index]))
  const byPlace = (a: { name: string }, b: { name: string }) =>
    (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0)
  return {
    table: upstream.table,
    natural: [...upstream.natural].sort(byPlace),
    columns: [...upstream.columns].sort(byPlace),
  }
}

async function extractAll(context: Context, upstream: Upstream): Promise<Extract> {
  const snapshot = await openSnapshot(context.client)
  const position: Position = { columns: upstream.natural }
  return {
    columns: columnsOf(upstream.columns),
    payload: await copy(context, upstream, upstream.columns, 'true', snapshot),
    effect: { kind: 'replace' },
    position: () => toJson(position),
    notes: [],
    settle: () => closeSnapshot(snapshot),
  }
}

async function extractNew(
  context: Context,
  upstream: Upstream,
  cursorName: string,
  last: Position | null,
): Promise<Extract> {
  const { client, spec } = context
  const cursor = requireCursor(upstream, spec.table, cursorName)
  const sighting = await sight(client, upstream.table, cursor)
  const { from, notes } = await startingPoint(context, upstream, cursor, last, sighting)
  const snapshot = await openSnapshot(client)
  const without = await countWithout(client, upstream.table, cursor)
  if (without > 0)
    notes.push(`${without} rows of ${spec.table} have no ${cursorName}; they are read again at each load`)
  const certain = last !== null && endsForGood(cursor) && isSettled(from, sighting)
  const nothingNew = certain && without === 0 && !spec.deletes
  const next = advance(from, sighting)
  const position: Position = {
    columns: upstream.natural,
    cursor: { column: cursorName, ...next },
    files: upstream.table.files,
  }
  return {
    columns: columnsOf(upstream.columns),
    payload: nothingNew
      ? null
      : await copy(context, upstream, upstream.columns, after(cursor, from.safe), snapshot),
    effect: {
      kind: 'merge',
      ...(spec.deletes && {
        keysPayload: await copy(context, upstream, keyColumns(context, upstream), 'true', snapshot),
      }),
    },
    position: () => toJson(position),
    notes,
    settle: () => closeSnapshot(snapshot),
  }
}

function requireCursor(upstream: Upstream, table: string, name: string): Cursor {
  const column = findColumn(upstream.table, table, name)
  const cursor = cursorOf(upstream.table, column)
  if (!cursor) throw sourceError('SOURCE_CURSOR_UNFIT', { table, column: name, type: column.base })
  return cursor
}

const BEGINNING: CursorPosition = { safe: null, pending: [] }

/** Where to read from: the beginning for a first load, and where upstream was emptied and filled anew. */
async function startingPoint(
  { client, spec }: Context,
  { table }: Upstream,
  cursor: Cursor,
  position: Position | null,
  { largest }: Sighting,
): Promise<{ from: CursorPosition; notes: string[] }> {
  const notes: string[] = []
  const { name } = cursor.column
  if (table.replica)
    notes.push(`${spec.table} is read from a replica, which does not show all transactions that are running`)
  const ahead = await numbersDrawnAhead(client, table, cursor)
  if (ahead > 1)
    notes.push(`sessions draw ${ahead} values of ${name} ahead: a row may come below rows already read`)
  const last = position?.cursor
  if (!last) return { from: BEGINNING, notes }
  if (isRewritten(position.files ?? {}, table.files)) {
    notes.push(`${spec.table} was emptied or written anew since the last load; all rows are read again`)
    return { from: BEGINNING, notes }
  }
  const before = last.pending.at(-1)?.cursor ?? last.safe
  if (before === null || largest === null || !(await wentBack(client, cursor, before, largest)))
    return { from: last, notes }
  notes.push(
    `the largest ${name} of ${spec.table} went back from ${before} to ${largest}; all rows are read again`,
  )
  return { from: BEGINNING, notes }
}

/** Keys in the order of the columns, which is how the released ones are kept. */
const keyColumns = ({ asset }: Context, { columns }: Upstream): MappedColumn[] =>
  columns.filter(({ name }) => asset.key.includes(name))

function copy(
  { url, signal, translate }: Context,
  upstream: Upstream,
  columns: readonly MappedColumn[],
  condition: string,
  snapshot: Snapshot,
): Promise<Payload> {
  return copyRows({ snapshot, url, table: upstream.table.name, columns, condition, signal, translate })
}

/** Positions are plain values already. */
const toJson = (position: Position): Json => position as unknown as Json
