/** What the values of a column can be compared with; decides which declared values fit it. */
export type ColumnFamily =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'text'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'other'

const INTEGER = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^BIGNUM$/
const TIMESTAMP = /^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/

/** `type` is the engine's own spelling. `other`: TIME, INTERVAL, UUID, BLOB and everything nested. */
export function columnFamily(type: string): ColumnFamily {
  if (INTEGER.test(type)) return 'integer'
  if (type.startsWith('DECIMAL(') && type.endsWith(')')) return 'decimal'
  if (type === 'FLOAT' || type === 'DOUBLE') return 'float'
  if (type === 'VARCHAR' || type === 'JSON' || isEnum(type)) return 'text'
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'DATE') return 'date'
  if (TIMESTAMP.test(type)) return 'timestamp'
  return 'other'
}

export const isEnum = (type: string): boolean => /^ENUM\(.*\)$/s.test(type)

/** Values made of other values, whose text has no settled form. */
export const isNested = (type: string): boolean =>
  type.endsWith(']') || /^(STRUCT|MAP|UNION)\(/.test(type) || type === 'VARIANT'
