import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { ReleaseChange, RowChange } from '../../engine.js'
import { columnList, DATA_SCHEMA, dataRelation, WAREHOUSE } from '../statements/names.js'
import {
  type ChangeSql,
  changeSql,
  deleteStatements,
  type InPlace,
  insertedRows,
  keptColumns,
} from '../statements/row-change.js'
import { readNumber, runAll } from '../statements/run-statement.js'
import { type Outboxes, recordChanges } from './outbox.js'

/**
 * Deleted rows keep their room until the engine writes their row groups anew, old and new ones side by side. A table
 * in which more than this part would be dead is written anew here, without them.
 */
const MOST_DEAD = 0.15

/** Keeps what the change does for the deliveries, then does it. Runs in the caller's transaction. */
export async function applyRows(
  connection: DuckDBConnection,
  change: ReleaseChange,
  rows: RowChange,
  { release, outboxes }: { release: number; outboxes: Outboxes },
): Promise<void> {
  if (rows.kind === 'replace' && change.deliveries.length === 0) return
  const sql = await changeSql(connection, rows, change.columns)
  for (const { delivery, key } of change.deliveries) {
    const exists = outboxes.has(delivery)
    await recordChanges(connection, { change, rows, sql, delivery, key, release, exists })
  }
  if (rows.kind === 'replace') return
  const kept = keptColumns(rows, change.columns)
  const keptSql = await changeSql(connection, rows, kept)
  await runAll(connection, deleteStatements(rows, keptSql, kept), change.asset)
  const left = await readNumber(connection, `select count(*)::DOUBLE from ${dataRelation(rows.live)}`)
  if (left === 0 && (await bringsAll(connection, rows, keptSql))) {
    await runAll(connection, takeOver(rows), change.asset)
    return
  }
  const coming = insertedRows(rows, keptSql)
  const isThin = (await storedRows(connection, rows.live)) * (1 - MOST_DEAD) > left
  const statements = isThin ? writeAnew(rows.live, kept, coming) : insert(rows.live, kept, coming)
  await runAll(connection, statements, change.asset)
}

/** True if every row of the candidate comes: where no released row stays, its table need not be copied then. */
async function bringsAll(
  connection: DuckDBConnection,
  { candidate }: InPlace,
  { added }: ChangeSql,
): Promise<boolean> {
  const count = (relation: string) => readNumber(connection, `select count(*)::DOUBLE from ${relation}`)
  return (await count(`(${added})`)) === (await count(dataRelation(candidate)))
}

const insert = (live: string, columns: readonly Column[], coming: string): string[] => [
  `insert into ${dataRelation(live)} (${columnList(columns)}) ${coming}`,
]

const takeOver = ({ live, candidate }: Pick<InPlace, 'live' | 'candidate'>): string[] => [
  `drop table ${dataRelation(live)}`,
  `alter table ${dataRelation(candidate)} rename to ${quoteName(live)}`,
]

function writeAnew(live: string, columns: readonly Column[], coming: string): string[] {
  const anew = `${live}__anew`
  const all = `select ${columnList(columns)} from ${dataRelation(live)} union all (${coming})`
  return [`create table ${dataRelation(anew)} as ${all}`, ...takeOver({ live, candidate: anew })]
}

/** Rows that a table has room for, deleted ones too. */
const storedRows = (connection: DuckDBConnection, relation: string): Promise<number> =>
  readNumber(
    connection,
    `select estimated_size::DOUBLE from duckdb_tables() where database_name = ${quoteText(WAREHOUSE)} ` +
      `and schema_name = ${quoteText(DATA_SCHEMA)} and table_name = ${quoteText(relation)}`,
  )
