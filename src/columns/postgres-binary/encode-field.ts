import type { ColumnVector } from '../column-batch.js'
import { encodeArray } from './array.js'
import { encodeInterval } from './interval.js'
import { encodeNumeric, encodeScaled } from './numeric.js'
import { elementType, type PostgresTypeName } from './types.js'

/** One column of a slice of rows, ready to be written. `at` is, per row, the offset of the row's next field. */
export interface Field {
  /** Adds the bytes of the values, lengths left out, to the size of each row. */
  addSizes(at: Int32Array): void
  /** Writes length and value, and moves `at` behind them. */
  write(out: DataView, bytes: Uint8Array, at: Int32Array): void
}

type Nulls = Uint8Array | undefined
type PutValue = (out: DataView, at: number, row: number) => void

/** Rows `from` to `to` of a vector as a field of type `type`. */
export function prepareField(vector: ColumnVector, type: PostgresTypeName, from: number, to: number): Field {
  const nulls = vector.nulls?.subarray(from, to)
  switch (vector.kind) {
    case 'text':
    case 'bytes':
      return prepareVariable(vector, type, from, to, nulls)
    case 'decimal':
      return convertedField(to - from, nulls, 22, (row, out, at) =>
        encodeScaled(vector.values[from + row] as bigint, vector.scale, out, at),
      )
    case 'decimal128':
      return convertedField(to - from, nulls, 30, (row, out, at) =>
        encodeScaled(wideAt(vector.values, from + row), vector.scale, out, at),
      )
    default: {
      const { width, put } = fixedPut(vector, type, from)
      return fixedField(width, nulls, put)
    }
  }
}

const wideAt = (words: BigInt64Array, row: number): bigint =>
  ((words[2 * row + 1] as bigint) << 64n) + BigInt.asUintN(64, words[2 * row] as bigint)

type FixedVector = Exclude<ColumnVector, { kind: 'text' | 'bytes' | 'decimal' | 'decimal128' }>

/**
 * How a value of fixed width is written. Each call makes functions of its own, so that the loop in `fixedField` is
 * compiled for the few kinds of one table.
 */
function fixedPut(
  vector: FixedVector,
  type: PostgresTypeName,
  from: number,
): { width: number; put: PutValue } {
  switch (vector.kind) {
    case 'bool': {
      const { values } = vector
      return { width: 1, put: (out, at, row) => out.setUint8(at, values[from + row] as number) }
    }
    case 'int16':
    case 'int32': {
      const { values } = vector
      return integerPut(values, type, from)
    }
    case 'int64':
      return { width: 8, put: put64(vector.values, from) }
    case 'time':
      return { width: 8, put: put64(vector.values, from) }
    case 'timestamp':
    case 'timestamptz':
      return { width: 8, put: putTimestamp(vector.values, from) }
    case 'date': {
      const { values } = vector
      return { width: 4, put: (out, at, row) => out.setInt32(at, postgresDay(values[from + row] as number)) }
    }
    case 'float32':
    case 'float64': {
      const { values } = vector
      return type === 'real'
        ? { width: 4, put: (out, at, row) => out.setFloat32(at, values[from + row] as number) }
        : { width: 8, put: (out, at, row) => out.setFloat64(at, values[from + row] as number) }
    }
    case 'uuid': {
      const words = new DataView(vector.values.buffer, vector.values.byteOffset + 16 * from)
      return {
        width: 16,
        put: (out, at, row) => {
          for (let byte = 0; byte < 16; byte += 4) out.setInt32(at + byte, words.getInt32(16 * row + byte))
        },
      }
    }
  }
}

function integerPut(values: Int16Array | Int32Array, type: PostgresTypeName, from: number) {
  switch (type) {
    case 'smallint':
      return {
        width: 2,
        put: (out: DataView, at: number, row: number) => out.setInt16(at, values[from + row] as number),
      }
    case 'bigint':
      return {
        width: 8,
        put: (out: DataView, at: number, row: number) => {
          const value = values[from + row] as number
          out.setInt32(at, value >> 31)
          out.setInt32(at + 4, value)
        },
      }
    default:
      return {
        width: 4,
        put: (out: DataView, at: number, row: number) => out.setInt32(at, values[from + row] as number),
      }
  }
}

/** Halves of 64-bit values, low word first: BigInts would be allocated one by one. */
const halves = (values: BigInt64Array, from: number) =>
  new Int32Array(values.buffer, values.byteOffset + 8 * from, 2 * (values.length - from))

function put64(values: BigInt64Array, from: number): PutValue {
  const words = halves(values, from)
  return (out, at, row) => {
    out.setInt32(at, words[2 * row + 1] as number)
    out.setInt32(at + 4, words[2 * row] as number)
  }
}

const DAYS_TO_2000 = 10_957
const MICROS_TO_2000 = 946_684_800_000_000n
const EPOCH_LOW = Number(MICROS_TO_2000 & 0xffffffffn)
const EPOCH_HIGH = Number(MICROS_TO_2000 >> 32n)

/** Infinite times are ±(2^63-1) in a vector, and the largest and smallest int64 in Postgres. */
function putTimestamp(values: BigInt64Array, from: number): PutValue {
  const words = halves(values, from)
  return (out, at, row) => {
    const low = (words[2 * row] as number) >>> 0
    const high = words[2 * row + 1] as number
    if (high === 0x7fffffff && low === 0xffffffff) {
      out.setInt32(at, high)
      out.setInt32(at + 4, -1)
    } else if (high === -0x80000000 && low <= 1) {
      out.setInt32(at, high)
      out.setInt32(at + 4, 0)
    } else {
      out.setInt32(at, high - EPOCH_HIGH - (low < EPOCH_LOW ? 1 : 0))
      out.setInt32(at + 4, low - EPOCH_LOW)
    }
  }
}

function postgresDay(day: number): number {
  if (day === 0x7fffffff) return day
  if (day <= -0x7fffffff) return -0x80000000
  return day - DAYS_TO_2000
}

function fixedField(width: number, nulls: Nulls, put: PutValue): Field {
  return {
    addSizes(at) {
      for (let row = 0; row < at.length; row++)
        if (nulls === undefined || nulls[row] === 0) at[row] = (at[row] as number) + width
    },
    write(out, _bytes, at) {
      for (let row = 0; row < at.length; row++) {
        const start = at[row] as number
        if (nulls !== undefined && nulls[row] !== 0) {
          out.setInt32(start, -1)
          at[row] = start + 4
          continue
        }
        out.setInt32(start, width)
        put(out, start + 4, row)
        at[row] = start + 4 + width
      }
    },
  }
}

type VariableVector = Extract<ColumnVector, { kind: 'text' | 'bytes' }>

function prepareVariable(
  vector: VariableVector,
  type: PostgresTypeName,
  from: number,
  to: number,
  nulls: Nulls,
): Field {
  const offsets = vector.offsets.subarray(from, to + 1)
  const convert = textConverter(type)
  if (!convert) return bytesField(vector.bytes, offsets, nulls, type === 'jsonb')
  const values = Array.from({ length: to - from }, (_, row) =>
    nulls?.[row] ? EMPTY : convert(textAt(vector.bytes, offsets, row)),
  )
  return bytesField(...joined(values), nulls, false)
}

const EMPTY = new Uint8Array(0)

const textAt = (bytes: Uint8Array, offsets: Int32Array, row: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'utf8',
    offsets[row] as number,
    offsets[row + 1] as number,
  )

function textConverter(type: PostgresTypeName): ((text: string) => Uint8Array) | null {
  if (type === 'numeric') return encodeNumeric
  if (type === 'interval') return encodeInterval
  const element = elementType(type)
  return element === null ? null : (text) => encodeArray(text, element)
}

function joined(values: readonly Uint8Array[]): [Uint8Array, Int32Array] {
  const offsets = new Int32Array(values.length + 1)
  values.forEach((value, row) => {
    offsets[row + 1] = (offsets[row] as number) + value.length
  })
  const bytes = new Uint8Array(offsets.at(-1) as number)
  values.forEach((value, row) => {
    bytes.set(value, offsets[row])
  })
  return [bytes, offsets]
}

/** A field whose values are converted into bytes of at most `widest` each. */
function convertedField(
  rows: number,
  nulls: Nulls,
  widest: number,
  convert: (row: number, out: DataView, at: number) => number,
): Field {
  const bytes = new Uint8Array(rows * widest)
  const view = new DataView(bytes.buffer)
  const offsets = new Int32Array(rows + 1)
  let at = 0
  for (let row = 0; row < rows; row++) {
    if (!nulls?.[row]) at += convert(row, view, at)
    offsets[row + 1] = at
  }
  return bytesField(bytes, offsets, nulls, false)
}

/** Copying a few bytes in a loop beats a call of `set`, up to about this many. */
const SHORT_BYTES = 32

/** `versioned`: jsonb's text follows one byte that says its version. */
function bytesField(source: Uint8Array, offsets: Int32Array, nulls: Nulls, versioned: boolean): Field {
  const extra = versioned ? 1 : 0
  return {
    addSizes(at) {
      for (let row = 0; row < at.length; row++)
        if (nulls === undefined || nulls[row] === 0)
          at[row] = (at[row] as number) + extra + (offsets[row + 1] as number) - (offsets[row] as number)
    },
    write(out, bytes, at) {
      for (let row = 0; row < at.length; row++) {
        let to = at[row] as number
        if (nulls !== undefined && nulls[row] !== 0) {
          out.setInt32(to, -1)
          at[row] = to + 4
          continue
        }
        const from = offsets[row] as number
        const length = (offsets[row + 1] as number) - from
        out.setInt32(to, length + extra)
        to += 4
        if (versioned) bytes[to++] = 1
        if (length > SHORT_BYTES) bytes.set(source.subarray(from, from + length), to)
        else for (let byte = 0; byte < length; byte++) bytes[to + byte] = source[from + byte] as number
        at[row] = to + length
      }
    },
  }
}
