import type { ColumnKind } from '../column-batch.js'
import { decimalOf, isNested, kindOf } from '../column-kind.js'

/** Built-in types of Postgres, as `format_type` spells them without modifiers. The object ids never change. */
export const POSTGRES_OIDS = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  json: 114,
  real: 700,
  'double precision': 701,
  character: 1042,
  'character varying': 1043,
  date: 1082,
  'time without time zone': 1083,
  'timestamp without time zone': 1114,
  'timestamp with time zone': 1184,
  interval: 1186,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
  'boolean[]': 1000,
  'smallint[]': 1005,
  'integer[]': 1007,
  'text[]': 1009,
  'bigint[]': 1016,
  'real[]': 1021,
  'double precision[]': 1022,
  'numeric[]': 1231,
  'uuid[]': 2951,
} as const satisfies Record<string, number>

export type PostgresTypeName = keyof typeof POSTGRES_OIDS

/** What each type of Postgres can be encoded from. `text` is the type's text, JSON for arrays. */
const ENCODABLE: Readonly<Record<PostgresTypeName, readonly ColumnKind[]>> = {
  boolean: ['bool'],
  bytea: ['bytes'],
  smallint: ['int16'],
  integer: ['int32', 'int16'],
  bigint: ['int64', 'int32', 'int16'],
  text: ['text'],
  json: ['text'],
  jsonb: ['text'],
  character: ['text'],
  'character varying': ['text'],
  real: ['float32'],
  'double precision': ['float64', 'float32'],
  date: ['date'],
  'time without time zone': ['time'],
  'timestamp without time zone': ['timestamp'],
  'timestamp with time zone': ['timestamptz'],
  interval: ['text'],
  numeric: ['decimal', 'decimal128', 'text'],
  uuid: ['uuid'],
  'boolean[]': ['text'],
  'smallint[]': ['text'],
  'integer[]': ['text'],
  'bigint[]': ['text'],
  'real[]': ['text'],
  'double precision[]': ['text'],
  'numeric[]': ['text'],
  'text[]': ['text'],
  'uuid[]': ['text'],
}

const isKnown = (name: string): name is PostgresTypeName => Object.hasOwn(POSTGRES_OIDS, name)

/**
 * True where `encodeCopy` can write a vector of `kind` into a column of type `name` (as `format_type(oid, null)`
 * says it). Types of extensions and enums of the user are not: stage such columns as text and cast in SQL.
 */
export function canEncode(kind: ColumnKind, name: string): name is PostgresTypeName {
  return isKnown(name) && ENCODABLE[name].includes(kind)
}

/** A column of Postgres. `name` is for the encoder, `sql` the full spelling for `create table`. */
export type PostgresColumnType = Readonly<{ name: PostgresTypeName; sql: string; oid: number }>

const BY_ENGINE_TYPE: Readonly<Record<string, PostgresTypeName>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric',
  HUGEINT: 'numeric',
  UHUGEINT: 'numeric',
  BIGNUM: 'numeric',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIME: 'time without time zone',
  TIMESTAMP: 'timestamp without time zone',
  TIMESTAMP_S: 'timestamp without time zone',
  TIMESTAMP_MS: 'timestamp without time zone',
  TIMESTAMP_NS: 'timestamp without time zone',
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
  INTERVAL: 'interval',
  VARCHAR: 'text',
  JSON: 'jsonb',
  UUID: 'uuid',
  BLOB: 'bytea',
}

function namePostgresType(engineType: string): PostgresTypeName {
  if (decimalOf(engineType)) return 'numeric'
  const known = BY_ENGINE_TYPE[engineType]
  if (known) return known
  if (!isNested(engineType)) return 'text'
  // Only flat lists: arrays of Postgres must be rectangular, so lists of lists go as jsonb.
  const element = /^(.*)\[\d*\]$/.exec(engineType)?.[1]
  if (element === undefined || isNested(element)) return 'jsonb'
  const array = `${namePostgresType(element)}[]`
  return isKnown(array) ? array : 'jsonb'
}

/**
 * The type a column of the engine gets in Postgres. Always encodable from the column's `kindOf`. Lists of numbers,
 * booleans, text and uuids become arrays, other nested types jsonb; types Postgres does not know become text.
 */
export function postgresTypeOf(engineType: string): PostgresColumnType {
  const name = namePostgresType(engineType)
  const decimal = decimalOf(engineType)
  return {
    name,
    sql: decimal ? `numeric(${decimal.width},${decimal.scale})` : name,
    oid: POSTGRES_OIDS[name],
  }
}

/** The object id of an array's elements; null for types that are no arrays. */
export function elementType(name: PostgresTypeName): PostgresTypeName | null {
  if (!name.endsWith('[]')) return null
  const element = name.slice(0, -2)
  return isKnown(element) ? element : null
}

/** True where every column can go in binary: the sink's question before it chooses the format. */
export function allEncodable(engineTypes: readonly string[], names: readonly string[]): boolean {
  return engineTypes.every((type, index) => canEncode(kindOf(type), names[index] ?? ''))
}
