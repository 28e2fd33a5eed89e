import type { SchemaTree } from 'hyparquet'

/**
 * The engine's type for a column of a Parquet file. Types that need more than a look at the footer begin with `?`
 * and are only good for telling whether two files agree.
 */
export function parquetType({ element, children }: SchemaTree): string {
  if (children.length > 0 || element.repetition_type === 'REPEATED')
    return `?${element.logical_type?.type ?? 'STRUCT'}(${children.map((child) => `${child.element.name} ${parquetType(child)}`).join(', ')})`
  const logical = element.logical_type
  const converted = element.converted_type
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL')
    return `DECIMAL(${element.precision ?? 18},${element.scale ?? 0})`
  if (logical?.type === 'TIMESTAMP') {
    if (logical.isAdjustedToUTC) return 'TIMESTAMP WITH TIME ZONE'
    return logical.unit === 'NANOS' ? 'TIMESTAMP_NS' : 'TIMESTAMP'
  }
  if (logical?.type === 'INTEGER') return integerType(logical.bitWidth, logical.isSigned)
  if (logical?.type === 'UUID') return 'UUID'
  return (
    BY_CONVERTED[converted ?? ''] ??
    BY_LOGICAL[logical?.type ?? ''] ??
    BY_TYPE[element.type ?? ''] ??
    `?${element.type}`
  )
}

const integerType = (bits: number, isSigned: boolean): string =>
  `${isSigned ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[bits] ?? 'BIGINT'}`

const BY_CONVERTED: Readonly<Record<string, string>> = {
  UTF8: 'VARCHAR',
  ENUM: 'VARCHAR',
  JSON: 'JSON',
  DATE: 'DATE',
  TIME_MILLIS: 'TIME',
  TIME_MICROS: 'TIME',
  TIMESTAMP_MILLIS: 'TIMESTAMP WITH TIME ZONE',
  TIMESTAMP_MICROS: 'TIMESTAMP WITH TIME ZONE',
  INT_8: 'TINYINT',
  INT_16: 'SMALLINT',
  INT_32: 'INTEGER',
  INT_64: 'BIGINT',
  UINT_8: 'UTINYINT',
  UINT_16: 'USMALLINT',
  UINT_32: 'UINTEGER',
  UINT_64: 'UBIGINT',
  INTERVAL: 'INTERVAL',
}

const BY_LOGICAL: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  ENUM: 'VARCHAR',
  JSON: 'JSON',
  DATE: 'DATE',
  TIME: 'TIME',
}

const BY_TYPE: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  INT96: 'TIMESTAMP',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  BYTE_ARRAY: 'BLOB',
  FIXED_LEN_BYTE_ARRAY: 'BLOB',
}
