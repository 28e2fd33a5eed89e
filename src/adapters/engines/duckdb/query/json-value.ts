import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Json } from '../../../../base/json.js'

/**
 * A value as JSON can carry it: BIGINT beyond 2^53 and DECIMAL as text, NaN and infinities as text, instants in
 * UTC with `Z`, local times without a zone, dates as `YYYY-MM-DD`, blobs in base64, nested values as JSON.
 */
export function jsonValue(value: DuckDBValue): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue) return value.toString()
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(jsonValue)
  if (value instanceof DuckDBStructValue) return objectOf(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue)
    return objectOf(value.entries.map((entry) => [textOf(entry.key), entry.value]))
  if (value instanceof DuckDBUnionValue) return jsonValue(value.value)
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64')
  return timeValue(value) ?? String(value)
}

const objectOf = (entries: readonly (readonly [string, DuckDBValue])[]): Json =>
  Object.fromEntries(entries.map(([name, inner]) => [name, jsonValue(inner)]))

function textOf(key: DuckDBValue): string {
  const json = jsonValue(key)
  return typeof json === 'string' ? json : JSON.stringify(json)
}

const MICROS_PER_DAY = 86_400_000_000n

function timeValue(value: DuckDBValue): string | null {
  if (value instanceof DuckDBDateValue)
    return value.isFinite ? isoDate(BigInt(value.days) * MICROS_PER_DAY) : infinity(BigInt(value.days))
  if (value instanceof DuckDBTimestampTZValue)
    return value.isFinite ? `${isoTime(value.micros)}Z` : infinity(value.micros)
  if (value instanceof DuckDBTimestampValue)
    return value.isFinite ? isoTime(value.micros) : infinity(value.micros)
  if (value instanceof DuckDBTimestampMillisecondsValue)
    return value.isFinite ? isoTime(value.millis * 1000n) : infinity(value.millis)
  if (value instanceof DuckDBTimestampSecondsValue)
    return value.isFinite ? isoTime(value.seconds * 1_000_000n) : infinity(value.seconds)
  if (value instanceof DuckDBTimestampNanosecondsValue)
    return value.isFinite ? isoNanos(value.nanos) : infinity(value.nanos)
  return null
}

const infinity = (units: bigint): string => (units < 0n ? '-infinity' : 'infinity')

const floorDivide = (value: bigint, by: bigint): bigint =>
  value >= 0n || value % by === 0n ? value / by : value / by - 1n

const fraction = (units: bigint, digits: number): string => {
  const text = units.toString().padStart(digits, '0').replace(/0+$/, '')
  return text === '' ? '' : `.${text.padEnd(3, '0')}`
}

function isoTime(micros: bigint): string {
  const seconds = floorDivide(micros, 1_000_000n)
  return withoutMillis(seconds) + fraction(micros - seconds * 1_000_000n, 6)
}

function isoNanos(nanos: bigint): string {
  const seconds = floorDivide(nanos, 1_000_000_000n)
  return withoutMillis(seconds) + fraction(nanos - seconds * 1_000_000_000n, 9)
}

/** Beyond what JavaScript's dates can hold, the count of seconds says more than a made-up date. */
function withoutMillis(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds}s` : date.toISOString().slice(0, -'.000Z'.length)
}

const isoDate = (micros: bigint): string => withoutMillis(micros / 1_000_000n).replace(/T.*$/, '')
