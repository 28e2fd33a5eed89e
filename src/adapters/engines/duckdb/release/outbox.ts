import type { DuckDBConnection } from '@duckdb/node-api'
import { type Column, columnNames } from '../../../../domain/column.js'
import { quoteText } from '../../../../sql/quote.js'
import type { ReleaseChange, RowChange } from '../../engine.js'
import { OUTBOXES, RELEASES } from '../connection/schema.js'
import { describe } from '../statements/describe.js'
import { changesTable, columnDefinitions, columnList, nameList } from '../statements/names.js'
import { type ChangeSql, differs, keptColumns, sameKey } from '../statements/row-change.js'
import { readNumber } from '../statements/run-statement.js'

/** Columns of an outbox before the asset's own. `_op` is `upsert` or `delete`; a delete has its key only. */
const HEAD: readonly Column[] = [
  { name: '_release', type: 'BIGINT' },
  { name: '_op', type: 'VARCHAR' },
]

/** Deliveries whose changes the warehouse keeps, read once and kept up to date: one process owns the file. */
export class Outboxes {
  private constructor(private readonly known: Set<string>) {}

  static async read(connection: DuckDBConnection): Promise<Outboxes> {
    const reader = await connection.runAndReadAll(`select delivery from ${OUTBOXES}`)
    return new Outboxes(new Set(reader.getRows().map(([delivery]) => String(delivery))))
  }

  has(delivery: string): boolean {
    return this.known.has(delivery)
  }

  /** Outboxes of an asset that a release of it does not feed. From then on they would lie. */
  unfed({ asset, deliveries }: Pick<ReleaseChange, 'asset' | 'deliveries'>): string[] {
    const fed = new Set(deliveries.map(({ delivery }) => delivery))
    // `deliveryId` puts the asset's name and `>` first.
    return [...this.known].filter((delivery) => delivery.startsWith(`${asset}>`) && !fed.has(delivery))
  }

  opened(delivery: string): void {
    this.known.add(delivery)
  }

  dropped(delivery: string): void {
    this.known.delete(delivery)
  }
}

export const dropStatements = (delivery: string): string[] => [
  `drop table if exists ${changesTable(delivery)}`,
  `delete from ${OUTBOXES} where delivery = ${quoteText(delivery)}`,
]

/**
 * Writes what a change does to the released rows, by key, into a delivery's outbox, before the change is applied.
 * Where old and new rows cannot be compared (none before, other columns) it starts empty from this release on: a
 * reader that is behind it is told that changes are missing.
 */
export async function recordChanges(
  connection: DuckDBConnection,
  request: {
    change: ReleaseChange
    rows: RowChange
    sql: ChangeSql
    delivery: string
    key: readonly string[]
    release: number
    exists: boolean
  },
): Promise<void> {
  const { change, rows, sql, delivery, key, release, exists } = request
  const table = changesTable(delivery)
  const { columns } = change
  const fits = exists && (await hasColumns(connection, table, [...HEAD, ...columns]))
  const comparable = sql.live !== null && (await hasColumns(connection, sql.live, keptColumns(rows, columns)))
  if (!fits || !comparable) {
    const since = comparable && !exists ? await lastRelease(connection, change.asset) : release
    await connection.run(
      [
        ...dropStatements(delivery),
        `create table ${table} (${columnDefinitions([...HEAD, ...columns])})`,
        `insert into ${OUTBOXES} values (${quoteText(delivery)}, ${since})`,
      ].join('; '),
    )
  }
  if (!comparable) return
  await connection.run(upserts(table, columns, key, sql, release))
  if (rows.kind !== 'append') await connection.run(deletes(table, key, sql, release))
}

async function hasColumns(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly Column[],
): Promise<boolean> {
  const there = await describe(connection, `from ${relation}`)
  const types = new Map(there.map(({ name, type }) => [name, type]))
  return there.length === columns.length && columns.every(({ name, type }) => types.get(name) === type)
}

/** The release in which an asset last changed; 0 if it never did. Only asked when an outbox begins. */
const lastRelease = (connection: DuckDBConnection, asset: string): Promise<number> =>
  readNumber(
    connection,
    `select coalesce(max(release), 0)::DOUBLE from ${RELEASES} ` +
      `where contains(relations, ${quoteText(`{"asset":${JSON.stringify(asset)},`)})`,
  )

function upserts(
  table: string,
  columns: readonly Column[],
  key: readonly string[],
  { live, leaves, added }: ChangeSql,
  release: number,
): string {
  const names = columnNames(columns)
  const insert = `insert into ${table} (_release, _op, ${nameList(names)})`
  const head = `select ${release}, 'upsert', ${columnList(columns, 'n')}`
  if (leaves === 'false') return `${insert} ${head} from (${added}) n`
  const old = `(select ${columnList(columns)}, true as _there from ${live} l where ${leaves})`
  return (
    `${insert} ${head} from (${added}) n left join ${old} o on ${sameKey('n', 'o', key)} ` +
    `where o._there is null or ${differs('n', 'o', columns, key)}`
  )
}

/** Keys that leave and do not come back: neither with the new rows nor among those that stay. */
function deletes(
  table: string,
  key: readonly string[],
  { live, leaves, added }: ChangeSql,
  release: number,
): string {
  const insert = `insert into ${table} (_release, _op, ${nameList(key)})`
  const gone = `select distinct ${nameList(key)} from ${live} l where ${leaves}`
  const back = `exists (select 1 from (${added}) n where ${sameKey('o', 'n', key)})`
  const stays =
    leaves === 'true'
      ? ''
      : ` and not exists (select 1 from ${live} l where (${leaves}) is not true and ${sameKey('o', 'l', key)})`
  return `${insert} select ${release}, 'delete', ${nameList(key, 'o')} from (${gone}) o where not ${back}${stays}`
}
