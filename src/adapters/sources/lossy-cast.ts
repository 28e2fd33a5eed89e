import { decimalOf } from '../../columns/column-kind.js'

const INTEGERS: ReadonlySet<string> = new Set([
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'],
  ...['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'],
])

export const isInteger = (type: string): boolean => INTEGERS.has(type)

const isFloating = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT'

/**
 * True where the engine's cast changes values without a word: rounds a fraction, cuts a time to a day. A value that
 * does not fit at all is no such case, the engine says so.
 */
export function isLossyCast(from: string, to: string): boolean {
  const decimal = decimalOf(to)
  if (isFloating(from)) return isInteger(to) || decimal !== null || (from === 'DOUBLE' && to === 'FLOAT')
  if (from === 'VARCHAR') return isInteger(to) || decimal !== null
  if (from.startsWith('TIMESTAMP'))
    return ['DATE', 'TIME', 'TIMESTAMP_S', 'TIMESTAMP_MS'].includes(to) || isCutToMicros(from, to)
  const fraction = decimalOf(from)
  if (fraction) return isInteger(to) ? fraction.scale > 0 : decimal !== null && decimal.scale < fraction.scale
  return isFloating(to) && BITS[from] !== undefined && BITS[from] > (to === 'DOUBLE' ? 53 : 24)
}

const isCutToMicros = (from: string, to: string): boolean =>
  from === 'TIMESTAMP_NS' && to.startsWith('TIMESTAMP')

const BITS: Readonly<Record<string, number>> = {
  INTEGER: 32,
  UINTEGER: 32,
  BIGINT: 64,
  UBIGINT: 64,
  HUGEINT: 128,
  UHUGEINT: 128,
}
