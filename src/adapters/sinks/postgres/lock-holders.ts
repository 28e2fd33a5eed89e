import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import { candidateNames } from './target-name.js'

/** Who holds a table that could not be had, and since when. */
export type LockHolder = Readonly<{ table: string; words: string }>

/**
 * The session that longest holds a lock on one of `targets`, or on the ledger of deliveries. Reading alone is in
 * nobody's way, so its locks do not count. Null where the obstacle is gone already.
 */
export async function lockHolder(client: Client, targets: readonly string[]): Promise<LockHolder | null> {
  const names = targets
    .flatMap(candidateNames)
    .map(({ schema, table }) => `(${quotePostgresText(schema)}, ${quotePostgresText(table)})`)
  const { rows } = await client.query<{ table: string; words: string }>(
    `select n.nspname || '.' || c.relname as table,
       'held by session ' || a.pid || coalesce(' of ' || a.usename, '')
         || coalesce(' (' || nullif(a.application_name, '') || ')', '')
         || coalesce(' since ' || to_char(a.xact_start at time zone 'UTC', 'HH24:MI:SS') || ' UTC', '') as words
     from pg_locks l
     join pg_class c on c.oid = l.relation
     join pg_namespace n on n.oid = c.relnamespace
     join pg_stat_activity a on a.pid = l.pid
     where l.granted and l.mode <> 'AccessShareLock' and l.pid <> pg_backend_pid() and a.datname = current_database()
       and (c.relname in ('deliveries', 'millrace_deliveries')
         or (n.nspname, c.relname) in (${['(null, null)', ...names].join(', ')}))
     order by a.xact_start limit 1`,
  )
  return rows[0] ?? null
}
