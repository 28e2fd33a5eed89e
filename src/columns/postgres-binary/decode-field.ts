import { BATCH_ROWS } from '../batch-limits.js'
import type { ColumnKind, ColumnVector } from '../column-batch.js'
import { DECIMAL_WIDTH, DECIMAL128_WIDTH } from '../column-kind.js'
import { GrowingBytes } from '../growing-bytes.js'
import { decodeInterval } from './interval.js'
import { decodeNumeric, decodeScaled } from './numeric.js'

/** A column of a binary COPY: the vector it becomes, and its form on the wire where that is not the kind's own. */
export type CopyField = Readonly<{
  name: string
  kind: ColumnKind
  /** `numeric` becomes `decimal`, `decimal128` or `text`; `jsonb`, `interval` and the JSON of a `list` become `text`. */
  wire?: 'numeric' | 'jsonb' | 'interval' | 'list'
  /** Decimals of a `decimal`, or the most a `numeric` that becomes text may have; a value with more is an error. */
  scale?: number
}>

/** Gathers one column of a batch. */
export interface FieldDecoder {
  /** Decodes the values at `places` (-1: NULL) into the rows from `at` on. */
  decode(bytes: Uint8Array, view: DataView, places: Int32Array, at: number): void
  textBytes(): number
  /** The column of the first `rows` rows. The next `decode` begins another one. */
  finish(rows: number): ColumnVector
}

const WIRE_WIDTHS: Readonly<Record<ColumnKind, number>> = {
  bool: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
  decimal: 0,
  decimal128: 0,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
  bytes: 0,
  text: 0,
}

/** Bytes a value has on the wire; 0 where they differ. */
export function wireWidth(field: CopyField): number {
  if (field.wire === 'interval') return 16
  return field.wire ? 0 : WIRE_WIDTHS[field.kind]
}

export function createFieldDecoder(field: CopyField): FieldDecoder {
  switch (field.kind) {
    case 'text':
    case 'bytes':
      return variableDecoder(field, field.kind)
    default:
      return fixedDecoder(fixedColumn(field))
  }
}

/** NULL marks, made when the first NULL comes. */
class Nulls {
  private marks: Uint8Array | null = null

  mark(row: number): void {
    this.marks ??= new Uint8Array(BATCH_ROWS)
    this.marks[row] = 1
  }

  finish(rows: number): { nulls?: Uint8Array } {
    const { marks } = this
    this.marks = null
    return marks ? { nulls: marks.subarray(0, rows) } : {}
  }
}

type FixedKind = Exclude<ColumnKind, 'text' | 'bytes'>

/** A loop for one kind, and the arrays it fills. Each kind has its own loop so that each is compiled for itself. */
type FixedColumn = Readonly<{
  width: number
  /** Reads non-NULL values; NULLs are marked by the caller. */
  read(view: DataView, places: Int32Array, at: number, target: ArrayBuffer): void
  vector(buffer: ArrayBuffer, rows: number): ColumnVector
}>

const FIRST_ROWS = 8192

/** Starts small and grows to a whole batch, so that a load of a few rows costs little. */
function fixedDecoder(column: FixedColumn): FieldDecoder {
  const nulls = new Nulls()
  let buffer = new ArrayBuffer(0)
  const reserve = (rows: number) => {
    if (buffer.byteLength >= rows * column.width) return
    const capacity = rows <= FIRST_ROWS ? FIRST_ROWS : BATCH_ROWS
    const grown = new ArrayBuffer(capacity * column.width)
    new Uint8Array(grown).set(new Uint8Array(buffer))
    buffer = grown
  }
  return {
    decode(_bytes, view, places, at) {
      reserve(at + places.length)
      markNulls(nulls, places, at)
      column.read(view, places, at, buffer)
    },
    textBytes: () => 0,
    finish(rows) {
      const vector = column.vector(buffer, rows)
      buffer = new ArrayBuffer(0)
      return { ...vector, ...nulls.finish(rows) }
    },
  }
}

function markNulls(nulls: Nulls, places: Int32Array, at: number): void {
  for (let row = 0; row < places.length; row++) if ((places[row] as number) < 0) nulls.mark(at + row)
}

function fixedColumn(field: CopyField): FixedColumn {
  // Text and bytes have decoders of their own.
  const kind = field.kind as FixedKind
  switch (kind) {
    case 'bool':
      return {
        width: 1,
        read(view, places, at, target) {
          const values = new Uint8Array(target)
          for (let row = 0; row < places.length; row++) {
            const place = places[row] as number
            if (place >= 0) values[at + row] = view.getUint8(place)
          }
        },
        vector: (buffer, rows) => ({ kind, values: new Uint8Array(buffer, 0, rows) }),
      }
    case 'int16':
      return {
        width: 2,
        read(view, places, at, target) {
          const values = new Int16Array(target)
          for (let row = 0; row < places.length; row++) {
            const place = places[row] as number
            if (place >= 0) values[at + row] = view.getInt16(place)
          }
        },
        vector: (buffer, rows) => ({ kind, values: new Int16Array(buffer, 0, rows) }),
      }
    case 'int32':
      return {
        width: 4,
        read(view, places, at, target) {
          const values = new Int32Array(target)
          for (let row = 0; row < places.length; row++) {
            const place = places[row] as number
            if (place >= 0) values[at + row] = view.getInt32(place)
          }
        },
        vector: (buffer, rows) => ({ kind, values: new Int32Array(buffer, 0, rows) }),
      }
    case 'date':
      return {
        width: 4,
        read: readDates,
        vector: (buffer, rows) => ({ kind, values: new Int32Array(buffer, 0, rows) }),
      }
    case 'float32':
      return {
        width: 4,
        read(view, places, at, target) {
          const values = new Float32Array(target)
          for (let row = 0; row < places.length; row++) {
            const place = places[row] as number
            if (place >= 0) values[at + row] = view.getFloat32(place)
          }
        },
        vector: (buffer, rows) => ({ kind, values: new Float32Array(buffer, 0, rows) }),
      }
    case 'float64':
      return {
        width: 8,
        read(view, places, at, target) {
          const values = new Float64Array(target)
          for (let row = 0; row < places.length; row++) {
            const place = places[row] as number
            if (place >= 0) values[at + row] = view.getFloat64(place)
          }
        },
        vector: (buffer, rows) => ({ kind, values: new Float64Array(buffer, 0, rows) }),
      }
    case 'int64':
    case 'time':
      return {
        width: 8,
        read: read64,
        vector: (buffer, rows) => ({ kind, values: new BigInt64Array(buffer, 0, rows) }),
      }
    case 'timestamp':
    case 'timestamptz':
      return {
        width: 8,
        read: (view, places, at, target) => readTimestamps(view, places, at, target, field.name),
        vector: (buffer, rows) => ({ kind, values: new BigInt64Array(buffer, 0, rows) }),
      }
    case 'uuid':
      return {
        width: 16,
        read: readUuids,
        vector: (buffer, rows) => ({ kind, values: new Uint8Array(buffer, 0, 16 * rows) }),
      }
    case 'decimal': {
      const scale = field.scale ?? 0
      return {
        width: 8,
        read: (view, places, at, target) => readDecimals(view, places, at, target, scale, field.name),
        vector: (buffer, rows) => ({ kind, values: new BigInt64Array(buffer, 0, rows), scale }),
      }
    }
    case 'decimal128': {
      const scale = field.scale ?? 0
      return {
        width: 16,
        read: (view, places, at, target) => readWideDecimals(view, places, at, target, scale, field.name),
        vector: (buffer, rows) => ({ kind, values: new BigInt64Array(buffer, 0, 2 * rows), scale }),
      }
    }
  }
}

const DAYS_TO_2000 = 10_957

function readDates(view: DataView, places: Int32Array, at: number, target: ArrayBuffer): void {
  const values = new Int32Array(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    const day = view.getInt32(place)
    // ±infinity are the largest and smallest int32 in Postgres, ±(2^31-1) in a vector.
    if (day === 0x7fffffff) values[at + row] = day
    else values[at + row] = day === -0x80000000 ? -0x7fffffff : day + DAYS_TO_2000
  }
}

/** By halves, low word first: BigInts would be allocated one by one. */
function read64(view: DataView, places: Int32Array, at: number, target: ArrayBuffer): void {
  const words = new Int32Array(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    words[2 * (at + row) + 1] = view.getInt32(place)
    words[2 * (at + row)] = view.getInt32(place + 4)
  }
}

const MICROS_TO_2000 = 946_684_800_000_000n
const EPOCH_LOW = Number(MICROS_TO_2000 & 0xffffffffn)
const EPOCH_HIGH = Number(MICROS_TO_2000 >> 32n)

function readTimestamps(
  view: DataView,
  places: Int32Array,
  at: number,
  target: ArrayBuffer,
  name: string,
): void {
  const words = new Int32Array(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    const slot = 2 * (at + row)
    const high = view.getInt32(place)
    const low = view.getUint32(place + 4)
    if (high === 0x7fffffff && low === 0xffffffff) {
      words[slot] = -1
      words[slot + 1] = high
    } else if (high === -0x80000000 && low === 0) {
      words[slot] = 1
      words[slot + 1] = high
    } else {
      const sum = low + EPOCH_LOW
      const top = high + EPOCH_HIGH + (sum > 0xffffffff ? 1 : 0)
      if (top > 0x7fffffff) throw new RangeError(`a time in column ${name} lies beyond the year 294246`)
      words[slot] = sum
      words[slot + 1] = top
    }
  }
}

function readUuids(view: DataView, places: Int32Array, at: number, target: ArrayBuffer): void {
  const words = new DataView(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    for (let byte = 0; byte < 16; byte += 4)
      words.setInt32(16 * (at + row) + byte, view.getInt32(place + byte))
  }
}

function readDecimals(
  view: DataView,
  places: Int32Array,
  at: number,
  target: ArrayBuffer,
  scale: number,
  name: string,
): void {
  const values = new BigInt64Array(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    values[at + row] = requireScaled(view, place, scale, DECIMAL_WIDTH, name)
  }
}

function readWideDecimals(
  view: DataView,
  places: Int32Array,
  at: number,
  target: ArrayBuffer,
  scale: number,
  name: string,
): void {
  const words = new BigInt64Array(target)
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place < 0) continue
    const value = requireScaled(view, place, scale, DECIMAL128_WIDTH, name)
    words[2 * (at + row)] = value
    words[2 * (at + row) + 1] = value >> 64n
  }
}

function requireScaled(view: DataView, place: number, scale: number, digits: number, name: string): bigint {
  const value = decodeScaled(view, place, scale, digits)
  if (value === null) throw new DecimalError(decodeNumeric(view, place), name)
  return value
}

/** A `numeric` that the column's decimal cannot hold: NaN, too many digits. */
export class DecimalError extends RangeError {
  constructor(value: string, column: string) {
    super(`column ${column} holds ${value}, which its type cannot hold`)
  }
}

/** Decodes what is not text on the wire; null for what is. */
function textOf(field: CopyField): ((view: DataView, place: number) => string) | null {
  const { scale, name } = field
  if (field.wire === 'interval')
    return (view, place) => {
      const text = decodeInterval(view, place)
      if (text === null) throw new RangeError(`column ${name} holds an infinite interval`)
      return text
    }
  if (field.wire !== 'numeric') return null
  if (scale === undefined) return decodeNumeric
  return (view, place) => {
    const text = decodeNumeric(view, place)
    const [whole = '', fraction = ''] = text.split('.')
    if (!/^-?\d/.test(whole) || fraction.replace(/0+$/, '').length > scale) throw new DecimalError(text, name)
    return scale === 0 ? whole : text
  }
}

const SHORT_BYTES = 32

function variableDecoder(field: CopyField, kind: 'text' | 'bytes'): FieldDecoder {
  const nulls = new Nulls()
  const convert = textOf(field)
  // jsonb's text follows one byte that says its version.
  const skip = field.wire === 'jsonb' ? 1 : 0
  let strings = new GrowingBytes(BATCH_ROWS)
  return {
    decode(bytes, view, places, at) {
      markNulls(nulls, places, at)
      if (field.wire === 'list') refuseNested(bytes, view, places, field.name)
      if (convert) convertValues(strings, view, places, at, convert)
      else copyValues(strings, bytes, view, places, at, skip)
    },
    textBytes: () => strings.length,
    finish(rows) {
      const done = strings.finish(rows)
      strings = new GrowingBytes(BATCH_ROWS, done.bytes.length)
      return { kind, ...done, ...nulls.finish(rows) }
    },
  }
}

const BRACKET = 0x5b

/** An array's type in Postgres does not say its dimensions; a list of the engine's has one. */
function refuseNested(bytes: Uint8Array, view: DataView, places: Int32Array, name: string): void {
  for (const place of places)
    if (place >= 0 && view.getInt32(place - 4) > 1 && bytes[place + 1] === BRACKET)
      throw new RangeError(`column ${name} holds an array of several dimensions (JSON takes it)`)
}

function copyValues(
  strings: GrowingBytes,
  source: Uint8Array,
  view: DataView,
  places: Int32Array,
  at: number,
  skip: number,
): void {
  let more = 0
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place >= 0) more += view.getInt32(place - 4)
  }
  const target = strings.reserve(more)
  const { offsets } = strings
  let to = strings.length
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place >= 0) {
      const length = view.getInt32(place - 4) - skip
      const from = place + skip
      if (length > SHORT_BYTES) target.set(source.subarray(from, from + length), to)
      else for (let byte = 0; byte < length; byte++) target[to + byte] = source[from + byte] as number
      to += length
    }
    offsets[at + row + 1] = to
  }
  strings.length = to
}

/** The texts are ASCII: numbers and intervals. */
function convertValues(
  strings: GrowingBytes,
  view: DataView,
  places: Int32Array,
  at: number,
  convert: (view: DataView, place: number) => string,
): void {
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number
    if (place >= 0) {
      const text = convert(view, place)
      const target = strings.reserve(text.length)
      for (let index = 0; index < text.length; index++)
        target[strings.length + index] = text.charCodeAt(index)
      strings.length += text.length
    }
    strings.offsets[at + row + 1] = strings.length
  }
}
