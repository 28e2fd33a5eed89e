import type { ColumnKind } from './column-batch.js'

const KINDS: Readonly<Record<string, ColumnKind>> = {
  BOOLEAN: 'bool',
  TINYINT: 'int16',
  UTINYINT: 'int16',
  SMALLINT: 'int16',
  USMALLINT: 'int32',
  INTEGER: 'int32',
  UINTEGER: 'int64',
  BIGINT: 'int64',
  FLOAT: 'float32',
  DOUBLE: 'float64',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  // Postgres knows no nanoseconds: they are cut to µs.
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  UUID: 'uuid',
  BLOB: 'bytes',
}

/** The widest decimals whose digits fit 64 and 128 bits. */
export const DECIMAL_WIDTH = 18
export const DECIMAL128_WIDTH = 38

/** Width and scale of `DECIMAL(p,s)`; null for any other type. */
export function decimalOf(type: string): { width: number; scale: number } | null {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  return match ? { width: Number(match[1]), scale: Number(match[2]) } : null
}

/** The kind in which a column of an engine type crosses ports. What has no kind of its own goes as text. */
export function kindOf(type: string): ColumnKind {
  const decimal = decimalOf(type)
  if (decimal) return decimal.width <= DECIMAL_WIDTH ? 'decimal' : 'decimal128'
  return KINDS[type] ?? 'text'
}

/** Lists, structs, maps, unions: types whose text is JSON when they cross as text. */
export function isNested(type: string): boolean {
  return /\]$/.test(type) || /^(STRUCT|MAP|UNION)\(/.test(type)
}
