import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import type { TargetName } from './target-name.js'

/** What of the app hangs on a table and feels it when the table is altered, in words: `view shop.v`. */
export async function dependentsOf(client: Client, { sql }: TargetName): Promise<string[]> {
  const table = `${quotePostgresText(sql)}::regclass`
  const { rows } = await client.query<{ text: string }>(
    `select distinct case v.relkind when 'm' then 'materialized view ' else 'view ' end
       || n.nspname || '.' || v.relname as text
     from pg_depend d
     join pg_rewrite w on w.oid = d.objid
     join pg_class v on v.oid = w.ev_class and v.oid <> d.refobjid
     join pg_namespace n on n.oid = v.relnamespace
     where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = ${table}
     union
     select 'foreign key ' || c.conname || ' of ' || n.nspname || '.' || t.relname
     from pg_constraint c
     join pg_class t on t.oid = c.conrelid
     join pg_namespace n on n.oid = t.relnamespace
     where c.contype = 'f' and c.confrelid = ${table} and c.conparentid = 0
     order by text`,
  )
  return rows.map(({ text }) => text)
}
