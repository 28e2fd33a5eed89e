import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBEnumType,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUUIDValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { fitDecimal } from './fit-decimal.js'
import { fitJson } from './fit-json.js'
import {
  fitBoolean,
  fitDate,
  fitFloat,
  fitInstant,
  fitInteger,
  fitNumber,
  fitText,
  fitTime,
} from './fit-scalar.js'
import { Unfit, wanted } from './unfit.js'

/** A value an author yields, as DuckDB's. Never rounded, cut or converted: what does not fit throws `Unfit`. */
export type Fit = (value: unknown) => DuckDBValue

/** Null stays null at every depth; undefined is never one. */
export function fitOf(type: DuckDBType): Fit {
  const inner = fitter(type)
  return (value) => (value === null ? null : inner(value))
}

/** Types whose values only DuckDB can read; their text goes into a text column and is judged there. */
export function isTextual(type: DuckDBType): boolean {
  return TEXTUAL.has(type.typeId)
}

const TEXTUAL: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.INTERVAL,
  DuckDBTypeId.BIT,
  DuckDBTypeId.UNION,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.GEOMETRY,
  DuckDBTypeId.VARIANT,
])

function fitter(type: DuckDBType): Fit {
  if (type.alias === 'JSON') return fitJson
  if (type instanceof DuckDBListType) return fitList(type)
  if (type instanceof DuckDBArrayType) return fitArray(type)
  if (type instanceof DuckDBStructType) return fitStruct(type)
  if (type instanceof DuckDBMapType) return fitMap(type)
  if (type instanceof DuckDBEnumType) return fitEnum(type)
  if (type instanceof DuckDBDecimalType) {
    const { width, scale } = type
    return (value) => new DuckDBDecimalValue(fitDecimal(value, width, scale), width, scale)
  }
  return simpleFitter(type)
}

function simpleFitter(type: DuckDBType): Fit {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return fitBoolean
    case DuckDBTypeId.FLOAT:
      return fitFloat
    case DuckDBTypeId.DOUBLE:
      return fitNumber
    case DuckDBTypeId.VARCHAR:
      return fitText
    case DuckDBTypeId.DATE:
      return (value) => new DuckDBDateValue(fitDate(value))
    case DuckDBTypeId.TIME:
      return (value) => new DuckDBTimeValue(fitTime(value))
    case DuckDBTypeId.TIMESTAMP_TZ:
      return (value) => new DuckDBTimestampTZValue(fitInstant(value, false))
    case DuckDBTypeId.TIMESTAMP:
      return (value) => new DuckDBTimestampValue(fitInstant(value, true))
    case DuckDBTypeId.TIMESTAMP_S:
      return (value) => new DuckDBTimestampSecondsValue(whole(value, 1_000_000n, 'seconds'))
    case DuckDBTypeId.TIMESTAMP_MS:
      return (value) => new DuckDBTimestampMillisecondsValue(whole(value, 1_000n, 'milliseconds'))
    case DuckDBTypeId.TIMESTAMP_NS:
      return (value) => new DuckDBTimestampNanosecondsValue(nanoseconds(value))
    case DuckDBTypeId.UUID:
      return fitUuid
    case DuckDBTypeId.BLOB:
      return fitBlob
    default:
      return isTextual(type) ? fitText : fitIntegerOf(type)
  }
}

const BITS: Readonly<Partial<Record<DuckDBTypeId, readonly [bits: number, signed: boolean]>>> = {
  [DuckDBTypeId.TINYINT]: [8, true],
  [DuckDBTypeId.SMALLINT]: [16, true],
  [DuckDBTypeId.INTEGER]: [32, true],
  [DuckDBTypeId.BIGINT]: [64, true],
  [DuckDBTypeId.HUGEINT]: [128, true],
  [DuckDBTypeId.UTINYINT]: [8, false],
  [DuckDBTypeId.USMALLINT]: [16, false],
  [DuckDBTypeId.UINTEGER]: [32, false],
  [DuckDBTypeId.UBIGINT]: [64, false],
  [DuckDBTypeId.UHUGEINT]: [128, false],
}

/** Least and greatest value of an integer type. */
export function integerRange(type: DuckDBType): readonly [bigint, bigint] {
  const [bits, signed] = BITS[type.typeId] ?? []
  if (bits === undefined) throw new TypeError(`Values of type ${type} cannot be written from TypeScript.`)
  const size = 2n ** BigInt(bits)
  return signed ? [-size / 2n, size / 2n - 1n] : [0n, size - 1n]
}

function fitIntegerOf(type: DuckDBType): Fit {
  const range = integerRange(type)
  const wide = range[1] > 0xffff_ffffn
  return (value) => {
    const integer = fitInteger(value, range, String(type))
    return wide ? BigInt(integer) : Number(integer)
  }
}

function whole(value: unknown, micros: bigint, unit: string): bigint {
  const instant = fitInstant(value, true)
  if (instant % micros !== 0n) throw new Unfit(`${wanted(`a time in whole ${unit}`, value)}`)
  return instant / micros
}

function nanoseconds(value: unknown): bigint {
  const nanos = fitInstant(value, true) * 1_000n
  if (BigInt.asIntN(64, nanos) !== nanos) throw new Unfit(wanted('a time between 1677 and 2262', value))
  return nanos
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function fitUuid(value: unknown): DuckDBValue {
  if (typeof value !== 'string' || !UUID.test(value)) throw new Unfit(wanted('a UUID as text', value))
  return DuckDBUUIDValue.fromUint128(BigInt(`0x${value.replaceAll('-', '')}`))
}

function fitBlob(value: unknown): DuckDBValue {
  if (!(value instanceof Uint8Array)) throw new Unfit(wanted('a Uint8Array', value))
  return new DuckDBBlobValue(value)
}

function fitEnum(type: DuckDBEnumType): Fit {
  const values = new Set(type.values)
  return (value) => {
    if (typeof value !== 'string' || !values.has(value))
      throw new Unfit(wanted(`one of ${type.values.map((known) => `'${known}'`).join(', ')}`, value))
    return value
  }
}

function fitItems(items: DuckDBType, value: unknown): DuckDBValue[] {
  if (!Array.isArray(value)) throw new Unfit(wanted('an array', value))
  const convert = fitOf(items)
  return Array.from(value, (item: unknown, at) => inside(`[${at}]`, () => convert(item)))
}

const fitList =
  (type: DuckDBListType): Fit =>
  (value) =>
    new DuckDBListValue(fitItems(type.valueType, value))

function fitArray(type: DuckDBArrayType): Fit {
  return (value) => {
    const items = fitItems(type.valueType, value)
    if (items.length !== type.length)
      throw new Unfit(`${type.length} items are expected, and there are ${items.length}`)
    return new DuckDBArrayValue(items)
  }
}

function fitStruct(type: DuckDBStructType): Fit {
  const fields = type.entryNames.map((name, at) => [name, fitOf(type.entryTypes[at] as DuckDBType)] as const)
  const names = new Set(type.entryNames)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Unfit(wanted('an object', value))
    const unknown = Object.keys(value).find((name) => !names.has(name))
    if (unknown !== undefined) throw new Unfit(`the struct has no field ${unknown}`)
    // A cast: any object can be asked for any name.
    const record = value as Readonly<Record<string, unknown>>
    return new DuckDBStructValue(
      Object.fromEntries(
        fields.map(([name, convert]) => [name, inside(`.${name}`, () => convert(record[name]))]),
      ),
    )
  }
}

function fitMap(type: DuckDBMapType): Fit {
  const [key, inner] = [fitOf(type.keyType), fitOf(type.valueType)]
  return (value) => {
    if (!(value instanceof Map)) throw new Unfit(wanted('a Map', value))
    const entries = [...value].map(([name, item]: [unknown, unknown]) => {
      if (name === null) throw new Unfit('a key of a Map must not be null')
      return { key: key(name), value: inside(`[${String(name)}]`, () => inner(item)) }
    })
    return new DuckDBMapValue(entries)
  }
}

/** Adds to a fault where inside the value it is. */
function inside<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Unfit ? new Unfit(error.message, path + error.path) : error
  }
}
