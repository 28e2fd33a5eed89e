import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import type { TargetType } from './table-types.js'
import { parseTarget, type TargetName } from './target-name.js'

/** A table of the app as it stands. */
export type TargetTable = Readonly<{
  name: TargetName
  /** `table`, or what is there instead: `view`, `sequence` … */
  kind: string
  columns: readonly TargetColumn[]
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
  const names = targets.map((target) => ({ target, name: parseTarget(target) }))
  const wanted = names.map(
    ({ name }) => `(${quotePostgresText(name.schema)}, ${quotePostgresText(name.table)})`,
  )
  const { rows } = await client.query<Row>(lookSql(wanted.join(', ')))
  const found = new Map(rows.map((row) => [`${row.schema}.${row.table}`, row]))
  return new Map(
    names.map(({ target, name }) => {
      const row = found.get(name.text)
      return [target, row ? targetTable(name, row) : null]
    }),
  )
}

type Row = Readonly<{
  schema: string
  table: string
  kind: string
  columns: readonly ColumnRow[] | null
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
      when 'm' then 'materialized view' when 'f' then 'foreign table' else 'relation' end as kind,
    (select json_agg(json_build_object(
        'name', a.attname, 'base', format_type(b.oid, null), 'text', format_type(a.atttypid, a.atttypmod),
        'modifier', case when t.typtype = 'd' then t.typtypmod else a.atttypmod end, 'enum', b.typtype = 'e',
        'notNull', a.attnotnull or (t.typtype = 'd' and t.typnotnull),
        'default', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
        'generated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum)
      from pg_attribute a
      join pg_type t on t.oid = a.atttypid
      join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from (values ${wanted}) w(schema, name)
  join pg_namespace n on n.nspname = w.schema
  join pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind not in ('i', 'I', 'c')`

function targetTable(name: TargetName, row: Row): TargetTable {
  return { name, kind: row.kind, columns: (row.columns ?? []).map(targetColumn) }
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
