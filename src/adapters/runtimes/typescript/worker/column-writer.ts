import type { DuckDBValue } from '@duckdb/node-api'
import { type DuckDBDataChunk, type DuckDBType, DuckDBTypeId, VARCHAR } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { fitOf, integerRange, isTextual } from './fit.js'
import { fitBoolean, fitDate, fitFloat, fitInstant, fitInteger, fitNumber, fitText } from './fit-scalar.js'

/** Rows gathered before they go to DuckDB: the size of its vectors. */
export const CHUNK_ROWS = 2048

/** Gathers one column of up to `CHUNK_ROWS` rows. `set` throws `Unfit` for what the column cannot hold. */
export interface ColumnWriter {
  /** Type in the chunk; the column's own, or text for types only DuckDB can read. */
  readonly type: DuckDBType
  /** Returns the bytes the value takes, roughly. */
  set(value: unknown, row: number): number
  write(chunk: DuckDBDataChunk, index: number, rows: number): void
}

type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array

export function columnWriter(type: DuckDBType): ColumnWriter {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return numberWriter(type, new Uint8Array(CHUNK_ROWS), (value) => (fitBoolean(value) ? 1 : 0))
    case DuckDBTypeId.TINYINT:
      return integerWriter(type, new Int8Array(CHUNK_ROWS))
    case DuckDBTypeId.SMALLINT:
      return integerWriter(type, new Int16Array(CHUNK_ROWS))
    case DuckDBTypeId.INTEGER:
      return integerWriter(type, new Int32Array(CHUNK_ROWS))
    case DuckDBTypeId.UTINYINT:
      return integerWriter(type, new Uint8Array(CHUNK_ROWS))
    case DuckDBTypeId.USMALLINT:
      return integerWriter(type, new Uint16Array(CHUNK_ROWS))
    case DuckDBTypeId.UINTEGER:
      return integerWriter(type, new Uint32Array(CHUNK_ROWS))
    case DuckDBTypeId.FLOAT:
      return numberWriter(type, new Float32Array(CHUNK_ROWS), fitFloat)
    case DuckDBTypeId.DOUBLE:
      return numberWriter(type, new Float64Array(CHUNK_ROWS), fitNumber)
    case DuckDBTypeId.DATE:
      return numberWriter(type, new Int32Array(CHUNK_ROWS), fitDate)
    case DuckDBTypeId.BIGINT:
      return bigintWriter(type)
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return instantWriter(type)
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? valueWriter(type) : textWriter()
    default:
      return isTextual(type) ? textWriter() : valueWriter(type)
  }
}

function numberWriter(type: DuckDBType, values: Numbers, check: (value: unknown) => number): ColumnWriter {
  const nulls = new Nulls()
  return {
    type,
    set: (value, row) => {
      if (value === null) return nulls.add(row)
      values[row] = check(value)
      return values.BYTES_PER_ELEMENT
    },
    write: (chunk, index, rows) => writeFixed(chunk, index, values, rows, nulls),
  }
}

function integerWriter(type: DuckDBType, values: Numbers): ColumnWriter {
  const range = integerRange(type)
  const [least, greatest] = [Number(range[0]), Number(range[1])]
  const name = String(type)
  return numberWriter(type, values, (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest
      ? (value as number)
      : Number(fitInteger(value, range, name)),
  )
}

const WORD = 0x1_0000_0000

/** 64-bit values in two 32-bit words: what fits a double needs no `bigint` on its way. */
class WideValues {
  readonly values = new BigInt64Array(CHUNK_ROWS)
  private readonly words = new Int32Array(this.values.buffer)

  setNumber(row: number, value: number): void {
    const high = Math.floor(value / WORD)
    this.words[2 * row] = (value - high * WORD) | 0
    this.words[2 * row + 1] = high
  }
}

function bigintWriter(type: DuckDBType): ColumnWriter {
  const nulls = new Nulls()
  const wide = new WideValues()
  const range = integerRange(type)
  return {
    type,
    set: (value, row) => {
      if (value === null) return nulls.add(row)
      if (Number.isSafeInteger(value)) wide.setNumber(row, value as number)
      else wide.values[row] = BigInt(fitInteger(value, range, 'BIGINT'))
      return 8
    },
    write: (chunk, index, rows) => writeFixed(chunk, index, wide.values, rows, nulls),
  }
}

function instantWriter(type: DuckDBType): ColumnWriter {
  const nulls = new Nulls()
  const wide = new WideValues()
  const local = type.typeId === DuckDBTypeId.TIMESTAMP
  return {
    type,
    set: (value, row) => {
      if (value === null) return nulls.add(row)
      const micros = value instanceof Date ? value.getTime() * 1_000 : Number.NaN
      if (Number.isSafeInteger(micros)) wide.setNumber(row, micros)
      else wide.values[row] = fitInstant(value, local)
      return 8
    },
    write: (chunk, index, rows) => writeFixed(chunk, index, wide.values, rows, nulls),
  }
}

function textWriter(): ColumnWriter {
  const values = new Array<string | null>(CHUNK_ROWS).fill(null)
  return {
    type: VARCHAR,
    set: (value, row) => {
      const text = value === null ? null : fitText(value)
      values[row] = text
      return text === null ? 1 : 16 + text.length
    },
    write: (chunk, index, rows) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
      const nulls = new Nulls()
      for (let row = 0; row < rows; row++) {
        const text = values[row] as string | null
        if (text === null) nulls.add(row)
        else assignText(vector, row, text)
      }
      values.fill(null, 0, rows)
      nulls.write(vector, rows)
    },
  }
}

/** Everything else, through DuckDB's value objects. */
function valueWriter(type: DuckDBType): ColumnWriter {
  const values = new Array<DuckDBValue>(CHUNK_ROWS).fill(null)
  const convert = fitOf(type)
  return {
    type,
    set: (value, row) => {
      const converted = convert(value)
      values[row] = converted
      return typeof converted === 'string' ? converted.length : sizeOf(value)
    },
    write: (chunk, index, rows) => {
      chunk.setColumnValues(index, values.slice(0, rows))
      values.fill(null, 0, rows)
    },
  }
}

const NESTED_DEPTH = 4

/** Roughly; it only decides when rows are written out. */
function sizeOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 16 + value.length
  if (value instanceof Uint8Array) return 16 + value.length
  if (typeof value !== 'object' || value === null || depth === NESTED_DEPTH) return 16
  const items: Iterable<unknown> = value instanceof Map || Array.isArray(value) ? value : Object.values(value)
  let size = 16
  for (const item of items) size += sizeOf(item, depth + 1)
  return size
}

type Vector = ReturnType<typeof duckdb.data_chunk_get_vector>

function assignText(vector: Vector, row: number, text: string): void {
  // The call that takes a string ends it at the first NUL character.
  if (text.includes('\0')) duckdb.vector_assign_string_element_len(vector, row, Buffer.from(text))
  else duckdb.vector_assign_string_element(vector, row, text)
}

function writeFixed(
  chunk: DuckDBDataChunk,
  index: number,
  values: Numbers | BigInt64Array,
  rows: number,
  nulls: Nulls,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
  // A cast: these arrays are made above, and never over shared memory.
  duckdb.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, 0, rows * values.BYTES_PER_ELEMENT)
  nulls.write(vector, rows)
}

/** Rows without a value, as the bit mask DuckDB wants. */
class Nulls {
  private readonly words = new BigUint64Array(CHUNK_ROWS / 64)
  private readonly mask = new Uint8Array(this.words.buffer).fill(0xff)
  private any = false

  add(row: number): number {
    this.mask[row >> 3] = (this.mask[row >> 3] as number) & ~(1 << (row & 7))
    this.any = true
    return 1
  }

  write(vector: Vector, rows: number): void {
    if (!this.any) return
    duckdb.vector_ensure_validity_writable(vector)
    duckdb.copy_data_to_vector_validity(vector, 0, this.words.buffer, 0, 8 * Math.ceil(rows / 64))
    this.mask.fill(0xff)
    this.any = false
  }
}
