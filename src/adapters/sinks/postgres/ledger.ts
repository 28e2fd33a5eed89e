import type { Client } from 'pg'
import { quoteName, quotePostgresText } from '../../../sql/quote.js'
import { sinkError } from '../errors.js'
import type { DeliverRequest, SinkLedgerEntry, TableDelivery, TableOutcome } from '../sink.js'
import { takeTurn } from './advisory-lock.js'
import { nameToMake } from './target-name.js'

/** How a ledger is told from a table of the app that happens to have its name. */
const COMMENT =
  'Deliveries by Millrace: the release each table shows. Written in the transaction that writes the rows.'

export type Ledger = Readonly<{ sql: string; writable: boolean }>

export type LedgerRow = SinkLedgerEntry & Readonly<{ releasedAt: number; columns: readonly string[] }>

/**
 * Finds the ledgers of a database. There is one, `millrace.deliveries`, unless the connection's role may not
 * create that schema: then it is `millrace_deliveries` in a schema of the targets where it may.
 */
export async function findLedgers(client: Client): Promise<Ledger[]> {
  const { rows } = await client.query<{ schema: string; table: string; writable: boolean }>(
    `select n.nspname as schema, c.relname as table,
       has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update') as writable
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relname in ('deliveries', 'millrace_deliveries')
       and obj_description(c.oid, 'pg_class') = ${quotePostgresText(COMMENT)}
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
     order by n.nspname <> 'millrace', n.nspname`,
  )
  return rows.map(({ schema, table, writable }) => ({
    sql: `${quoteName(schema)}.${quoteName(table)}`,
    writable,
  }))
}

export async function readLedger(
  client: Client,
  ledgers: readonly Ledger[],
  of: { project: string; environment: string },
): Promise<LedgerRow[]> {
  if (ledgers.length === 0) return []
  const parts = ledgers.map(
    ({ sql }) =>
      `select delivery, target, release, released_at, columns from ${sql}
       where project = ${quotePostgresText(of.project)} and environment = ${quotePostgresText(of.environment)}`,
  )
  const { rows } = await client.query<{
    delivery: string
    target: string
    release: string
    released_at: Date
    columns: string[]
  }>(`select distinct on (delivery) * from (${parts.join(' union all ')}) l order by delivery, release desc`)
  return rows.map((row) => ({
    delivery: row.delivery,
    target: row.target,
    release: Number(row.release),
    releasedAt: row.released_at.getTime(),
    columns: row.columns,
  }))
}

/** The ledger to write to, made where there is none yet. */
export async function ensureLedger(
  client: Client,
  ledgers: readonly Ledger[],
  place: { connection: string; targets: readonly string[] },
): Promise<Ledger> {
  const isWritable = ({ writable }: Ledger) => writable
  const existing = ledgers.find(isWritable)
  if (existing) return existing
  // Projects that deliver for the first time at the same moment: one of them makes it.
  await takeTurn(client, 'ledger')
  const made = (await findLedgers(client)).find(isWritable)
  if (made) return made
  const home = await findHome(client, place)
  const sql = `${quoteName(home.schema)}.${quoteName(home.table)}`
  await client.query(
    `${home.create ? `create schema if not exists ${quoteName(home.schema)};` : ''}
     create table ${sql} (
       project text not null,
       environment text not null,
       delivery text not null,
       target text not null,
       release bigint not null,
       released_at timestamptz not null,
       delivered_at timestamptz not null default clock_timestamp(),
       inserted bigint not null,
       updated bigint not null,
       deleted bigint not null,
       columns text[] not null,
       primary key (project, environment, delivery)
     );
     comment on table ${sql} is ${quotePostgresText(COMMENT)}`,
  )
  return { sql, writable: true }
}

type Home = Readonly<{ schema: string; table: string; create: boolean }>

async function findHome(
  client: Client,
  place: { connection: string; targets: readonly string[] },
): Promise<Home> {
  const schemas = ['millrace', ...new Set(place.targets.map((target) => nameToMake(target).schema))]
  const { rows } = await client.query<{
    schema: string
    usable: boolean | null
    database: boolean
    role: string
  }>(
    `select w.schema, case when n.oid is null then null else has_schema_privilege(n.oid, 'create') end as usable,
       has_database_privilege(current_database(), 'create') as database, current_user::text as role
     from unnest(array[${schemas.map(quotePostgresText).join(', ')}]::text[]) with ordinality as w(schema, place)
     left join pg_namespace n on n.nspname = w.schema order by w.place`,
  )
  const home = rows.find(({ usable, database }) => usable ?? database)
  if (home) {
    const table = home.schema === 'millrace' ? 'deliveries' : 'millrace_deliveries'
    return { schema: home.schema, table, create: home.usable === null }
  }
  const role = quoteName(rows[0]?.role ?? '')
  throw sinkError('SINK_REFUSED', {
    connection: place.connection,
    detail: `the role ${role} may create no table for the ledger of deliveries; let an owner of the database run: create schema millrace authorization ${role}`,
  })
}

/**
 * True where the ledger says this delivery's rows are there already: after a crash between commit and answer. All rows
 * are compared, not believed to be there: they are sent where the ledger and the state do not agree, or to repair.
 */
export function isDelivered(
  row: LedgerRow | undefined,
  request: DeliverRequest,
  table: TableDelivery,
): boolean {
  if (!row || table.mode === 'all' || row.release < request.release) return false
  // A warehouse begun anew counts its releases from one again; its time goes on.
  return row.releasedAt >= request.at
}

export function writeLedgerSql(
  ledger: Ledger,
  request: DeliverRequest,
  delivered: readonly { table: TableDelivery; outcome: TableOutcome }[],
): string {
  const releasedAt = quotePostgresText(new Date(request.at).toISOString())
  const values = delivered.map(({ table, outcome }) => {
    const columns = `array[${table.columns.map(({ name }) => quotePostgresText(name)).join(', ')}]::text[]`
    const names = [request.project, request.environment, table.delivery, table.target]
      .map(quotePostgresText)
      .join(', ')
    const counts = `${outcome.inserted}, ${outcome.updated}, ${outcome.deleted}`
    return `(${names}, ${request.release}, ${releasedAt}, clock_timestamp(), ${counts}, ${columns})`
  })
  return `insert into ${ledger.sql} (project, environment, delivery, target, release, released_at, delivered_at,
      inserted, updated, deleted, columns)
    values ${values.join(', ')}
    on conflict (project, environment, delivery) do update set target = excluded.target,
      release = excluded.release, released_at = excluded.released_at, delivered_at = excluded.delivered_at,
      inserted = excluded.inserted, updated = excluded.updated, deleted = excluded.deleted,
      columns = excluded.columns`
}
