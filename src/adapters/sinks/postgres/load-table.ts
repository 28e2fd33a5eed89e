import type { Client, QueryResult } from 'pg'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import { kindOf } from '../../../columns/column-kind.js'
import { canEncode, type PostgresTypeName } from '../../../columns/postgres-binary/types.js'
import { quoteName, quoteNames } from '../../../sql/quote.js'
import { sinkError } from '../errors.js'
import type { TableDelivery, TableOutcome } from '../sink.js'
import type { DeliveredColumn } from './column-fit.js'
import { copyIn, unlessEmpty } from './copy-in.js'
import * as merge from './merge-statements.js'
import type { TargetName } from './target-name.js'

/** A table that is ready to be written: it exists, it fits, and its rows are ours to change. */
export type PreparedTable = Readonly<{
  delivery: TableDelivery
  name: TargetName
  columns: readonly DeliveredColumn[]
  isEmpty: boolean
  /** Its primary key is made after the rows are in, which is faster. */
  isNew: boolean
  /** Postgres refuses COPY into a table with row-level security. */
  takesCopy: boolean
  /** No two rows of it can have the same key. */
  hasUniqueKey: boolean
}>

export type LoadContext = Readonly<{
  client: Client
  connection: string
  signal: AbortSignal
  /** For the names of temporary tables. */
  index: number
}>

type Counts = Readonly<{ inserted: number; updated: number; deleted: number }>
const NOTHING: Counts = { inserted: 0, updated: 0, deleted: 0 }

/** Writes one table's rows in the open transaction. */
export async function loadTable(prepared: PreparedTable, context: LoadContext): Promise<TableOutcome> {
  const counts = await loadRows(prepared, context)
  if (prepared.isNew) await context.client.query(finishNewTable(prepared))
  return { delivery: prepared.delivery.delivery, ...counts }
}

/** The key after the rows, which is faster; statistics at once, for the app's queries and the next release's. */
function finishNewTable({ name, delivery }: PreparedTable): string {
  const key = quoteNames(delivery.key)
  return `${key === '' ? '' : `alter table ${name.sql} add primary key (${key});`} analyze ${name.sql}`
}

async function loadRows(prepared: PreparedTable, context: LoadContext): Promise<Counts> {
  if (prepared.isEmpty) return fill(prepared, context)
  if (prepared.delivery.key.length === 0) return exchange(prepared, context)
  return prepared.delivery.mode === 'all' ? mergeAll(prepared, context) : mergeChanges(prepared, context)
}

/** Into an empty table: straight, where the target's types can be written as they are. */
async function fill(prepared: PreparedTable, context: LoadContext): Promise<Counts> {
  const { delivery, columns, name, isNew } = prepared
  const straight = columns.flatMap((column) =>
    canEncode(kindOf(column.engineType), column.target.name)
      ? [{ name: column.name, type: column.target.name }]
      : [],
  )
  const isStraight = prepared.takesCopy && straight.length === columns.length
  const inserted = isStraight
    ? await copyIn(context.client, name.sql, straight, delivery.upserts(context.signal))
    : await fillByCast(prepared, context)
  // A new table's primary key finds these faults itself.
  if (!isNew && delivery.key.length > 0) await refuseKeyFaults(name.sql, prepared, context)
  return { ...NOTHING, inserted }
}

async function fillByCast(prepared: PreparedTable, context: LoadContext): Promise<number> {
  const stage = await stageRows(prepared, context)
  if (!stage) return 0
  const { rowCount } = await context.client.query(merge.insertAll(mergeOf(prepared), stage))
  return rowCount ?? 0
}

/** Without a key rows cannot be told apart, so all of them change places. */
async function exchange(prepared: PreparedTable, context: LoadContext): Promise<Counts> {
  const { rowCount: deleted } = await context.client.query(`delete from ${prepared.name.sql}`)
  return { ...(await fill(prepared, context)), deleted: deleted ?? 0 }
}

async function mergeAll(prepared: PreparedTable, context: LoadContext): Promise<Counts> {
  const stage = await stageRows(prepared, context)
  if (!stage) {
    const { rowCount } = await context.client.query(`delete from ${prepared.name.sql}`)
    return { ...NOTHING, deleted: rowCount ?? 0 }
  }
  await refuseKeyFaults(stage, prepared, context)
  const repeats = prepared.hasUniqueKey ? 0 : await deleteRepeats(prepared, context)
  const counts = await runMerge(context.client, {
    deleted: merge.deleteUnstaged(mergeOf(prepared), stage),
    updated: merge.updateChanged(mergeOf(prepared), stage),
    inserted: merge.insertMissing(mergeOf(prepared), stage),
  })
  return { ...counts, deleted: counts.deleted + repeats }
}

/** Rows that somebody put beside those with the same key, which no unique index forbade. */
async function deleteRepeats(prepared: PreparedTable, { client }: LoadContext): Promise<number> {
  const { rowCount } = await client.query(merge.deleteRepeats(mergeOf(prepared)))
  return rowCount ?? 0
}

async function mergeChanges(prepared: PreparedTable, context: LoadContext): Promise<Counts> {
  const gone = await stageKeys(prepared, context)
  const stage = await stageRows(prepared, context)
  if (stage) await refuseKeyFaults(stage, prepared, context)
  return runMerge(context.client, {
    deleted: gone && merge.deleteStaged(mergeOf(prepared), gone),
    updated: stage && merge.updateChanged(mergeOf(prepared), stage),
    inserted: stage && merge.insertMissing(mergeOf(prepared), stage),
  })
}

const mergeOf = (prepared: PreparedTable): merge.Merge => ({
  target: prepared.name.sql,
  columns: prepared.columns,
  key: prepared.delivery.key,
})

/** All statements in one round trip, deletes first: a unique column of the app's own may pass from row to row. */
async function runMerge(
  client: Client,
  statements: Readonly<Record<keyof Counts, string | null>>,
): Promise<Counts> {
  const steps = (['deleted', 'updated', 'inserted'] as const).flatMap((name) => {
    const text = statements[name]
    return text === null ? [] : [{ name, text }]
  })
  if (steps.length === 0) return NOTHING
  // The driver answers several statements with several results, which its types do not say.
  const answer = (await client.query(steps.map(({ text }) => text).join(';\n'))) as unknown
  const results = (Array.isArray(answer) ? answer : [answer]) as QueryResult[]
  return {
    ...NOTHING,
    ...Object.fromEntries(steps.map(({ name }, at) => [name, results[at]?.rowCount ?? 0])),
  }
}

function stageRows(prepared: PreparedTable, context: LoadContext): Promise<string | null> {
  const { delivery, columns } = prepared
  return stageBatches(`millrace_rows_${context.index}`, columns, delivery.upserts(context.signal), context)
}

function stageKeys(prepared: PreparedTable, context: LoadContext): Promise<string | null> {
  const { delivery, columns } = prepared
  const byName = new Map(columns.map((column) => [column.name, column]))
  const keys = delivery.key.flatMap((name) => byName.get(name) ?? [])
  return stageBatches(`millrace_keys_${context.index}`, keys, delivery.deletes(context.signal), context)
}

/** A temporary table in the delivered types, with statistics; null where there are no rows. */
async function stageBatches(
  table: string,
  columns: readonly DeliveredColumn[],
  batches: AsyncIterable<ColumnBatch>,
  { client }: LoadContext,
): Promise<string | null> {
  const rows = await unlessEmpty(batches)
  if (!rows) return null
  const stage = `pg_temp.${table}`
  const typed: { name: string; type: PostgresTypeName }[] = columns.map(({ name, needed }) => ({
    name,
    type: needed,
  }))
  const spelled = typed.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
  await client.query(`create temporary table ${table} (${spelled}) on commit drop`)
  await copyIn(client, stage, typed, rows)
  await client.query(`analyze ${stage}`)
  return stage
}

/** A key that is NULL or comes twice would be inserted again and again, or change rows by chance. */
async function refuseKeyFaults(
  relation: string,
  prepared: PreparedTable,
  context: LoadContext,
): Promise<void> {
  const { key, asset } = prepared.delivery
  const { rows } = await context.client.query<{ nulls: number; twice: boolean }>(
    merge.keyFaults(relation, key),
  )
  const faults = rows[0]
  const fault = faults?.twice
    ? 'comes more than once'
    : faults?.nulls
      ? `is NULL in ${faults.nulls} rows`
      : null
  if (fault === null) return
  throw sinkError('SINK_REFUSED', {
    connection: context.connection,
    detail: `the key (${key.join(', ')}) of ${asset} ${fault}`,
  })
}
