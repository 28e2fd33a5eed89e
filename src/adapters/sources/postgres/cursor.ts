import type { Client } from 'pg'
import { quoteName, quoteText } from '../../../sql/quote.js'
import type { UpstreamTable } from './catalog.js'
import { APPLICATION_NAME } from './connect.js'
import type { Sighting } from './position.js'
import type { UpstreamColumn } from './type-map.js'

/** A column whose values grow as rows are added or changed. */
export type Cursor = Readonly<{
  column: UpstreamColumn
  /** No two rows share a value, so what equals the position has been read. */
  strict: boolean
}>

/**
 * How far behind the server's clock a time counts as past. A transaction takes its time a moment before others can
 * see that it runs, and clocks of several writers differ a little.
 */
const MARGINS: Readonly<Record<string, string>> = {
  'timestamp with time zone': `clock_timestamp() - interval '10 seconds'`,
  'timestamp without time zone': `clock_timestamp() at time zone 'UTC' - interval '10 seconds'`,
  date: `(clock_timestamp() at time zone 'UTC')::date - 2`,
}

const GROWING: ReadonlySet<string> = new Set([
  ...['smallint', 'integer', 'bigint', 'oid', 'numeric', 'text', 'character varying'],
  ...Object.keys(MARGINS),
])

/** Null where the column's type cannot be a cursor. */
export function cursorOf(table: UpstreamTable, column: UpstreamColumn): Cursor | null {
  if (!GROWING.has(column.base)) return null
  return { column, strict: table.unique.has(column.name) && !(column.base in MARGINS) }
}

/** Times near the present are held back by a margin, so once they are past nothing comes below them. */
export const endsForGood = (cursor: Cursor): boolean => cursor.strict || cursor.column.base in MARGINS

/**
 * Running transactions of this database; each holds a lock on its own virtual number that every role can see. A
 * worker of autovacuum is nobody's user and writes no rows, but may be busy with a large table for hours.
 */
const RUNNING = `
  select l.virtualxid as name from pg_locks l left join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
    and (a.datid is null or a.datid = (select oid from pg_database where datname = current_database()))
    and (a.pid is null or a.usesysid is not null)
    and coalesce(a.application_name, '') <> ${quoteText(APPLICATION_NAME)}`

/** A replica runs no transactions of its own; it knows those of the primary that have written. */
const RUNNING_ON_PRIMARY = `select 'xid:' || pg_snapshot_xip(pg_current_snapshot()) as name`

const PREPARED = `select 'prepared:' || gid as name from pg_prepared_xacts where database = current_database()`

/**
 * Looks at the table before the snapshot is taken. The order matters: a transaction that starts after `running` was
 * read draws numbers above `largest`, and one that is prepared meanwhile is in one of the two lists.
 */
export async function sight(client: Client, table: UpstreamTable, { column }: Cursor): Promise<Sighting> {
  const name = quoteName(column.name)
  const margin = MARGINS[column.base]
  const largest = margin ? `least(max(${name}), ${margin})` : `max(${name})`
  const first = await client.query<{ largest: string | null }>(
    `select case when count(*) > 0 then (${largest})::text end as largest from (${largestRow(table, column)}) as newest`,
  )
  const running = await names(client, table.replica ? RUNNING_ON_PRIMARY : RUNNING)
  const prepared = table.replica ? [] : await names(client, PREPARED)
  return { largest: first.rows[0]?.largest ?? null, running, prepared }
}

/** The one row with the largest cursor: an index answers that at once. */
const largestRow = (table: UpstreamTable, { name: column, base }: UpstreamColumn) => {
  const name = quoteName(column)
  // NaN and infinity are larger than any number that will come; they are read at each load.
  const finite = base === 'numeric' ? `${name} < 'Infinity'` : `${name} is not null`
  return `select ${name} from ${table.name} where ${finite} order by ${name} desc limit 1`
}

async function names(client: Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql)
  return rows.map(({ name }) => name)
}

/** Condition for the rows after `safe`. Rows without a cursor are never past: they are read each time. */
export function after({ column, strict }: Cursor, safe: string | null): string {
  const name = quoteName(column.name)
  if (safe === null) return 'true'
  const newer = `${name} ${strict ? '>' : '>='} ${quoteText(safe)}::${column.base}`
  return column.notNull ? newer : `(${newer} or ${name} is null)`
}

/** Which of two cursors is smaller is the database's business: text has its collations. */
export async function wentBack(
  client: Client,
  { column }: Cursor,
  before: string,
  now: string,
): Promise<boolean> {
  const { rows } = await client.query<{ back: boolean }>(
    `select ${quoteText(now)}::${column.base} < ${quoteText(before)}::${column.base} as back`,
  )
  return rows[0]?.back ?? false
}

export async function countWithout(client: Client, table: UpstreamTable, cursor: Cursor): Promise<number> {
  if (cursor.column.notNull) return 0
  const { rows } = await client.query<{ count: string }>(
    `select count(*) as count from ${table.name} where ${quoteName(cursor.column.name)} is null`,
  )
  return Number(rows[0]?.count ?? 0)
}

/** How many numbers each session draws ahead; 1 is Postgres' default, and what the marks rely on. */
export async function numbersDrawnAhead(
  client: Client,
  table: UpstreamTable,
  cursor: Cursor,
): Promise<number> {
  const { rows } = await client.query<{ cache: string }>(
    `select s.seqcache::text as cache from pg_depend d join pg_sequence s on s.seqrelid = d.objid
     join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     where d.refobjid = $1::regclass and a.attname = $2`,
    [table.name, cursor.column.name],
  )
  return Number(rows[0]?.cache ?? 1)
}
