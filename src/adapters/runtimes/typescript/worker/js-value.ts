import {
  DuckDBArrayType,
  type DuckDBArrayValue,
  type DuckDBBlobValue,
  type DuckDBDateValue,
  DuckDBDecimalType,
  type DuckDBDecimalValue,
  DuckDBListType,
  type DuckDBListValue,
  DuckDBMapType,
  type DuckDBMapValue,
  DuckDBStructType,
  type DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  DuckDBVariantValue,
} from '@duckdb/node-api'
import { formatDate } from './calendar.js'

/** Decimals up to this many digits go through a double and come out as they were. */
export const EXACT_DIGITS = 15

/** A value that JavaScript cannot hold as its column's type promises. */
export class UnreadableValue extends Error {}

export type ToJs = (value: DuckDBValue) => unknown

/** How values of a type, nested ones too, become JavaScript's. `bigints`: 64 bits and more come as `bigint`. */
export function toJs(type: DuckDBType, bigints: boolean): ToJs {
  if (type.alias === 'JSON') return orNull((value) => JSON.parse(String(value)))
  return orNull(converter(type, bigints))
}

const orNull =
  (convert: (value: NonNullable<DuckDBValue>) => unknown): ToJs =>
  (value) =>
    value === null || value === undefined ? null : convert(value)

function converter(type: DuckDBType, bigints: boolean): (value: NonNullable<DuckDBValue>) => unknown {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return listToJs(type.valueType, bigints)
  if (type instanceof DuckDBStructType) return structToJs(type, bigints)
  if (type instanceof DuckDBMapType) return mapToJs(type, bigints)
  if (type instanceof DuckDBDecimalType) return type.width <= EXACT_DIGITS ? decimalNumber : String
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return bigints ? (value) => value : safeNumber
    case DuckDBTypeId.DATE:
      return dateText
    case DuckDBTypeId.BLOB:
      return (value) => new Uint8Array((value as DuckDBBlobValue).bytes)
    default:
      return simpleToJs
  }
}

function simpleToJs(value: NonNullable<DuckDBValue>): unknown {
  if (typeof value !== 'object') return value
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue)
    return instant(value.micros, 1_000n, value.isFinite)
  if (value instanceof DuckDBTimestampNanosecondsValue)
    return instant(value.nanos, 1_000_000n, value.isFinite)
  if (value instanceof DuckDBTimestampMillisecondsValue) return instant(value.millis, 1n, value.isFinite)
  if (value instanceof DuckDBTimestampSecondsValue) return instant(value.seconds * 1_000n, 1n, value.isFinite)
  if (value instanceof DuckDBVariantValue) throw new UnreadableValue('is a VARIANT; cast it to JSON in SQL')
  return String(value)
}

/** Whole milliseconds; what is finer is cut off, downwards. */
export function instant(value: bigint, perMs: bigint, finite = true): Date {
  if (!finite) throw new UnreadableValue('is an infinite time, which a Date cannot hold')
  const rest = value % perMs
  const date = new Date(Number((value - (rest < 0n ? rest + perMs : rest)) / perMs))
  if (Number.isNaN(date.getTime())) throw new UnreadableValue('is a time too far away for a Date')
  return date
}

export function safeNumber(value: NonNullable<DuckDBValue>): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new UnreadableValue(`is ${String(value)}, too large for a number; read it with { bigints: true }`)
}

// Casts below: DuckDB gives values of the class that belongs to the type.
const decimalNumber = (value: NonNullable<DuckDBValue>) => Number(String(value as DuckDBDecimalValue))

function dateText(value: NonNullable<DuckDBValue>): string {
  const date = value as DuckDBDateValue
  if (!date.isFinite) throw new UnreadableValue('is an infinite date')
  return formatDate(date.days)
}

function listToJs(items: DuckDBType, bigints: boolean) {
  const convert = toJs(items, bigints)
  return (value: NonNullable<DuckDBValue>) => (value as DuckDBListValue | DuckDBArrayValue).items.map(convert)
}

function structToJs(type: DuckDBStructType, bigints: boolean) {
  const fields = type.entryNames.map(
    (name, at) => [name, toJs(type.entryTypes[at] as DuckDBType, bigints)] as const,
  )
  return (value: NonNullable<DuckDBValue>) => {
    const { entries } = value as DuckDBStructValue
    return Object.fromEntries(fields.map(([name, convert]) => [name, convert(entries[name] ?? null)]))
  }
}

function mapToJs(type: DuckDBMapType, bigints: boolean) {
  const [key, inner] = [toJs(type.keyType, bigints), toJs(type.valueType, bigints)]
  return (value: NonNullable<DuckDBValue>) =>
    new Map((value as DuckDBMapValue).entries.map((entry) => [key(entry.key), inner(entry.value)]))
}
