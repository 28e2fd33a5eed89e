import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import type { TargetType } from './table-types.js'
import { candidateNames, type TargetName } from './target-name.js'

/** A table of the app as it stands. */
export type TargetTable = Readonly<{
  name: TargetName
  /** `table`, or what is there instead: `view`, `sequence` … */
  kind: string
  columns: readonly TargetColumn[]
  /** Columns of each index that lets no two rows be the same in them. */
  uniques: readonly (readonly string[])[]
  /** Row-level security for the connection's role: it applies, and may hide rows; null where it does not apply. */
  rowSecurity: 'open' | 'hides rows' | null
}>

export type TargetColumn = Readonly<{
  name: string
  type: TargetType
  notNull: boolean
  /** The database fills it where an insert names no value. */
  hasDefault: boolean
  /** No insert may name a value. */
  isGenerated: boolean
}>

/** Looks at all targets in one round trip. Null where there is no relation of that name. */
export async function lookAtTargets(
  client: Client,
  targets: readonly string[],
): Promise<ReadonlyMap<string, TargetTable | null>> {
  const candidates = new Map(targets.map((target) => [target, candidateNames(target)]))
  const wanted = [...candidates.values()]
    .flat()
    .map((name) => `(${quotePostgresText(name.schema)}, ${quotePostgresText(name.table)})`)
  const { rows } = await client.query<Row>(lookSql(wanted.join(', ')))
  const rowOf = (name: TargetName) =>
    rows.find(({ schema, table }) => schema === name.schema && table === name.table)
  const look = (names: readonly TargetName[]) => {
    const name = names.find(rowOf)
    const row = name && rowOf(name)
    return name && row ? targetTable(name, row) : null
  }
  return new Map([...candidates].map(([target, names]) => [target, look(names)]))
}

type Row = Readonly<{
  schema: string
  table: string
  kind: string
  columns: readonly ColumnRow[] | null
  uniques: readonly (readonly string[])[] | null
  rowSecurity: TargetTable['rowSecurity']
}>

type ColumnRow = Readonly<{
  name: string
  base: string
  text: string
  modifier: number
  enum: boolean
  notNull: boolean
  default: boolean
  generated: boolean
}>

const lookSql = (wanted: string) => `
  select n.nspname as schema, c.relname as table,
    case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'S' then 'sequence'
      when 'm' then 'materialized view' when 'f' then 'foreign table' when 'c' then 'type' else 'index' end as kind,
    (select json_agg(json_build_object(
        'name', a.attname, 'base', format_type(b.oid, null), 'text', format_type(a.atttypid, a.atttypmod),
        'modifier', case when t.typtype = 'd' then t.typtypmod else a.atttypmod end, 'enum', b.typtype = 'e',
        'notNull', a.attnotnull or (t.typtype = 'd' and t.typnotnull),
        'default', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
        'generated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum)
      from pg_attribute a
      join pg_type t on t.oid = a.atttypid
      join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select json_agg(
        (select json_agg(a.attname) from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) k
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k))
      from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null
        and i.indexprs is null) as uniques,
    case when c.relkind not in ('r', 'p') or not row_security_active(c.oid) then null
      when exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*'
          and pg_get_expr(p.polqual, p.polrelid) = 'true'
          and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage')))
        and not exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive)
      then 'open' else 'hides rows' end as "rowSecurity"
  from (values ${wanted}) w(schema, name)
  join pg_namespace n on n.nspname = w.schema
  join pg_class c on c.relnamespace = n.oid and c.relname = w.name`

function targetTable(name: TargetName, row: Row): TargetTable {
  const { kind, rowSecurity } = row
  const columns = (row.columns ?? []).map(targetColumn)
  return { name, kind, columns, uniques: row.uniques ?? [], rowSecurity }
}

function targetColumn(row: ColumnRow): TargetColumn {
  return {
    name: row.name,
    type: { name: row.base, text: row.text, isEnum: row.enum, ...digitsOf(row) },
    notNull: row.notNull,
    hasDefault: row.default,
    isGenerated: row.generated,
  }
}

/** Postgres packs a numeric's digits into one number, four off; the scale has eleven bits and a sign. */
function digitsOf({ base, modifier }: ColumnRow): { precision: number | null; scale: number | null } {
  if (base !== 'numeric' || modifier < 4) return { precision: null, scale: null }
  const packed = modifier - 4
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 }
}
