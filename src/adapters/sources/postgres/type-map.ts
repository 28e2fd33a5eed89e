import { DECIMAL_WIDTH } from '../../../columns/column-kind.js'
import type { CopyField } from '../../../columns/postgres-binary/decode-field.js'
import { quoteName } from '../../../sql/quote.js'

/** A column as the catalog has it, domains resolved to what they are made of. */
export type UpstreamColumn = Readonly<{
  name: string
  /** `format_type` without modifiers: `numeric`, `character varying`, `integer[]`, `public.mood`. */
  base: string
  /** `atttypmod`; -1 where the type has none. */
  modifier: number
  /** Of the type: `b` base, `e` enum, `c` composite, `r` range … */
  kind: string
  /** `format_type` of an array's elements, and their kind; null for other types. */
  element: string | null
  notNull: boolean
}>

/** How a column comes over: its type in the engine, the SQL that selects it, and its form in a binary COPY. */
export type MappedColumn = Readonly<{
  name: string
  type: string
  expression: string
  field: CopyField
}>

type Mapping = Readonly<{
  type: string
  field: Omit<CopyField, 'name'>
  expression?: (column: string) => string
}>

const asText = (column: string) => `${column}::text`
const asJson = (column: string) => `to_json(${column})::text`

const text: Mapping = { type: 'VARCHAR', field: { kind: 'text' }, expression: asText }

const SIMPLE: Readonly<Record<string, Mapping>> = {
  boolean: { type: 'BOOLEAN', field: { kind: 'bool' } },
  smallint: { type: 'SMALLINT', field: { kind: 'int16' } },
  integer: { type: 'INTEGER', field: { kind: 'int32' } },
  bigint: { type: 'BIGINT', field: { kind: 'int64' } },
  oid: { type: 'BIGINT', field: { kind: 'int64' }, expression: (column) => `${column}::bigint` },
  real: { type: 'FLOAT', field: { kind: 'float32' } },
  'double precision': { type: 'DOUBLE', field: { kind: 'float64' } },
  date: { type: 'DATE', field: { kind: 'date' } },
  'time without time zone': { type: 'TIME', field: { kind: 'time' } },
  'time with time zone': { type: 'TIME WITH TIME ZONE', field: { kind: 'text' }, expression: asText },
  'timestamp without time zone': { type: 'TIMESTAMP', field: { kind: 'timestamp' } },
  'timestamp with time zone': { type: 'TIMESTAMP WITH TIME ZONE', field: { kind: 'timestamptz' } },
  interval: { type: 'INTERVAL', field: { kind: 'text', wire: 'interval' } },
  uuid: { type: 'UUID', field: { kind: 'uuid' } },
  bytea: { type: 'BLOB', field: { kind: 'bytes' } },
  json: { type: 'JSON', field: { kind: 'text' } },
  jsonb: { type: 'JSON', field: { kind: 'text', wire: 'jsonb' } },
  text: { type: 'VARCHAR', field: { kind: 'text' } },
  'character varying': { type: 'VARCHAR', field: { kind: 'text' } },
}

/** Types whose arrays become lists of the same engine type; elements of other types become text. */
const LIST_ELEMENTS: ReadonlySet<string> = new Set([
  ...['boolean', 'smallint', 'integer', 'bigint', 'real', 'double precision', 'date', 'uuid'],
  ...['time without time zone', 'timestamp without time zone', 'timestamp with time zone'],
])

export function mapColumn(column: UpstreamColumn): MappedColumn {
  const { type, field, expression } = mappingOf(column)
  const name = quoteName(column.name)
  return {
    name: column.name,
    type,
    expression: expression?.(name) ?? name,
    field: { name: column.name, ...field },
  }
}

function mappingOf(column: UpstreamColumn): Mapping {
  if (column.element !== null) return mapArray(column.element, column.modifier)
  if (column.base === 'numeric') return mapNumeric(column.modifier)
  if (column.kind === 'c') return { type: 'JSON', field: { kind: 'text' }, expression: asJson }
  return SIMPLE[column.base] ?? text
}

/**
 * A `numeric` without limits may hold any number of digits, and no DECIMAL or DOUBLE keeps them all: it comes as
 * text unless the asset declares a type.
 */
function mapNumeric(modifier: number): Mapping {
  const decimal = decimalOfModifier(modifier)
  if (!decimal) return { type: 'VARCHAR', field: { kind: 'text', wire: 'numeric' } }
  const kind = decimal.width <= DECIMAL_WIDTH ? 'decimal' : 'decimal128'
  return {
    type: `DECIMAL(${decimal.width},${decimal.scale})`,
    field: { kind, wire: 'numeric', scale: decimal.scale },
  }
}

/** Width and scale of `numeric(p,s)` from its modifier; null where the engine has no decimal as wide. */
export function decimalOfModifier(modifier: number): { width: number; scale: number } | null {
  if (modifier < 0) return null
  const precision = ((modifier - 4) >> 16) & 0xffff
  // Eleven bits with a sign: a negative scale rounds left of the point, one above the precision is a small fraction.
  const signed = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
  const scale = Math.max(0, signed)
  const width = signed < 0 ? precision - signed : Math.max(precision, scale)
  return width <= 38 ? { width, scale } : null
}

function mapArray(element: string, modifier: number): Mapping {
  if (element === 'json' || element === 'jsonb')
    return { type: 'JSON[]', field: { kind: 'text' }, expression: asJson }
  if (LIST_ELEMENTS.has(element))
    return { type: `${SIMPLE[element]?.type}[]`, field: { kind: 'text', wire: 'list' }, expression: asJson }
  const decimal = element === 'numeric' ? decimalOfModifier(modifier) : null
  const type = decimal ? `DECIMAL(${decimal.width},${decimal.scale})[]` : 'VARCHAR[]'
  return {
    type,
    field: { kind: 'text', wire: 'list' },
    expression: (column) => `to_json(${column}::text[])::text`,
  }
}
