import { closest, distance } from 'fastest-levenshtein'
import type { Client } from 'pg'
import { quoteName, quoteQualified } from '../../../sql/quote.js'
import { type NamePart, parseTableName } from '../../../sql/table-name.js'
import type { PartFiles } from './position.js'
import type { UpstreamColumn } from './type-map.js'

export type UpstreamTable = Readonly<{
  /** Quoted and qualified. */
  name: string
  columns: readonly UpstreamColumn[]
  /** Columns that are unique by themselves. */
  unique: ReadonlySet<string>
  /** A replica that replays another server's changes. */
  replica: boolean
  /** The file that each part's rows lie in: another one after TRUNCATE, and after a rewrite. Views have none. */
  files: PartFiles
}>

/** The name as written first, then as Postgres folds it. */
const FIND_TABLE = `
  select format('%I.%I', n.nspname, c.relname) as name, c.oid::int8::text as oid, pg_is_in_recovery() as replica,
    (select coalesce(json_object_agg(part.oid::int8::text, part.file::int8::text), '{}') from (
       select c.oid, pg_relation_filenode(c.oid) as file
       union select relid, pg_relation_filenode(relid) from pg_partition_tree(c.oid)) part
     where part.file is not null) as files
  from unnest(array[to_regclass($1), to_regclass($2)]) with ordinality as found (oid, place)
  join pg_class c on c.oid = found.oid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') order by place limit 1`

const COLUMNS = `
  with recursive resolved as (
    select a.attnum, a.attname, a.attnotnull, a.atttypid as typid, a.atttypmod as modifier
    from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
    union all
    select r.attnum, r.attname, r.attnotnull, t.typbasetype, case r.modifier when -1 then t.typtypmod else r.modifier end
    from resolved r join pg_type t on t.oid = r.typid where t.typtype = 'd'
  )
  select r.attname as name, format_type(r.typid, null) as base, r.modifier, t.typtype as kind, r.attnotnull as "notNull",
    case when t.typcategory = 'A' and t.typelem <> 0 then format_type(t.typelem, null) end as element
  from resolved r join pg_type t on t.oid = r.typid where t.typtype <> 'd' order by r.attnum`

const UNIQUE = `
  select a.attname as name from pg_index i
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null`

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg_toast%' and has_schema_privilege(n.oid, 'usage') limit 5000`

/** The table as upstream has it now; null where there is none of that name. */
export async function readTable(client: Client, table: string): Promise<UpstreamTable | null> {
  const found = await client.query<{
    name: string
    oid: string
    replica: boolean
    files: PartFiles
  }>(FIND_TABLE, [quoted(table, 'written'), quoted(table, 'folded')])
  const relation = found.rows[0]
  if (!relation) return null
  const columns = await client.query<UpstreamColumn>(COLUMNS, [relation.oid])
  const unique = await client.query<{ name: string }>(UNIQUE, [relation.oid])
  return {
    name: relation.name,
    columns: columns.rows,
    unique: new Set(unique.rows.map(({ name }) => name)),
    replica: relation.replica,
    files: relation.files,
  }
}

function quoted(table: string, spelling: keyof NamePart): string {
  const name = parseTableName(table)
  if (!name) return quoteQualified(table)
  const own = quoteName(name.table[spelling])
  return name.schema ? `${quoteName(name.schema[spelling])}.${own}` : own
}

/** The table most like `table`, if any is like it. */
export async function nearestTable(client: Client, table: string): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>(TABLES)
  const bare = table.slice(table.lastIndexOf('.') + 1)
  const sameName = rows.find(({ name }) => name.slice(name.lastIndexOf('.') + 1) === bare)
  return (
    sameName?.name ??
    nearestName(
      table,
      rows.map(({ name }) => name),
    )
  )
}

export function nearestName(name: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null
  const nearest = closest(name, [...candidates])
  return distance(name, nearest) <= Math.max(2, name.length / 3) ? nearest : null
}
