import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { instant, toJs, UnreadableValue } from './js-value.js'
import { stringReader } from './string-reader.js'
import { type ColumnReader, isValid, validity } from './vector.js'

/** Reads the common types from DuckDB's memory itself; the others take the road through its value objects. */
export function columnReader(name: string, type: DuckDBType, bigints: boolean): ColumnReader {
  const read = reader(type, bigints)
  return (chunk, index, rows) => {
    try {
      return read(chunk, index, rows)
    } catch (error) {
      throw error instanceof UnreadableValue
        ? new RangeError(`A value of column ${name} ${error.message}.`)
        : error
    }
  }
}

function reader(type: DuckDBType, bigints: boolean): ColumnReader {
  switch (type.typeId) {
    case DuckDBTypeId.TINYINT:
      return fixed(1, (bytes, rows) => new Int8Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.SMALLINT:
      return fixed(2, (bytes, rows) => new Int16Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.INTEGER:
      return fixed(4, (bytes, rows) => new Int32Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.UTINYINT:
      return fixed(1, (bytes) => bytes)
    case DuckDBTypeId.USMALLINT:
      return fixed(2, (bytes, rows) => new Uint16Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.UINTEGER:
      return fixed(4, (bytes, rows) => new Uint32Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.FLOAT:
      return fixed(4, (bytes, rows) => new Float32Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.DOUBLE:
      return fixed(8, (bytes, rows) => new Float64Array(bytes.buffer, bytes.byteOffset, rows))
    case DuckDBTypeId.BIGINT:
      return bigints ? general(type, true) : words(wordsToNumber)
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return words(wordsToDate)
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? general(type, bigints) : stringReader()
    default:
      return general(type, bigints)
  }
}

function general(type: DuckDBType, bigints: boolean): ColumnReader {
  const convert = toJs(type, bigints)
  return (chunk, index) => chunk.getColumnValues(index).map(convert)
}

function fixed(width: number, view: (bytes: Uint8Array, rows: number) => ArrayLike<number>): ColumnReader {
  return (chunk, index, rows) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
    const numbers = view(duckdb.vector_get_data(vector, rows * width), rows)
    const valid = validity(vector, rows)
    const values = new Array<number | null>(rows)
    if (valid === null) for (let row = 0; row < rows; row++) values[row] = numbers[row] as number
    else
      for (let row = 0; row < rows; row++) values[row] = isValid(valid, row) ? (numbers[row] as number) : null
    return values
  }
}

/** 64-bit values as pairs of 32-bit words: a `bigint` for each would cost more than all the rest. */
function words<T>(convert: (low: number, high: number) => T): ColumnReader {
  return (chunk, index, rows) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
    const bytes = duckdb.vector_get_data(vector, rows * 8)
    const low = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 2)
    const high = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 2)
    const valid = validity(vector, rows)
    const values = new Array<T | null>(rows)
    for (let row = 0; row < rows; row++)
      values[row] =
        valid === null || isValid(valid, row)
          ? convert(low[2 * row] as number, high[2 * row + 1] as number)
          : null
    return values
  }
}

const WORD = 0x1_0000_0000
const MAX_SAFE_HIGH = 0x1fffff
const joined = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low)

function wordsToNumber(low: number, high: number): number {
  const number = high * WORD + low
  if (Number.isSafeInteger(number)) return number
  throw new UnreadableValue(`is ${joined(low, high)}, too large for a number; read it with { bigints: true }`)
}

const MAX_TIME = 0x7fffffff

function wordsToDate(low: number, high: number): Date {
  if (high <= MAX_SAFE_HIGH && high > -MAX_SAFE_HIGH) return new Date(Math.floor((high * WORD + low) / 1_000))
  const micros = joined(low, high)
  return instant(micros, 1_000n, high !== MAX_TIME && micros !== -(2n ** 63n) + 1n)
}
