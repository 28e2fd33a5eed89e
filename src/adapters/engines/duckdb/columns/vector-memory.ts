import { isUtf8 } from 'node:buffer'
import duckdb, { type Vector } from '@duckdb/node-bindings'
import type { ColumnVector } from '../../../../columns/column-batch.js'

/**
 * Columns to the memory of DuckDB's vectors and back. This goes below `DuckDBVector`, whose `setItem` and `getItem`
 * cost ten times as much. Layouts are those of `duckdb.h`: little endian, 16 bytes for strings and uuids.
 */

/** A string of up to 12 bytes lies in its 16 bytes; a longer one has 4 bytes of prefix and a pointer. */
const STRING_BYTES = 16
const INLINE_BYTES = 12

/** Writes rows `from` to `to` of `source` into a fresh vector of a chunk, which has at most `vector_size()` rows. */
export function writeVector(target: Vector, source: ColumnVector, from: number, to: number): void {
  switch (source.kind) {
    case 'text':
    case 'bytes':
      writeStrings(target, source, from, to)
      break
    case 'uuid':
      copyInto(target, swapUuids(source.values, from, to, false))
      break
    case 'decimal128':
      copyInto(target, source.values.subarray(2 * from, 2 * to))
      break
    default:
      copyInto(target, source.values.subarray(from, to))
  }
  if (source.nulls) writeValidity(target, source.nulls, from, to)
}

function copyInto(target: Vector, values: Exclude<ArrayBufferView, DataView>): void {
  // The binding takes any buffer; its types know only the one that is not shared.
  duckdb.copy_data_to_vector(target, 0, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
}

function writeValidity(target: Vector, nulls: Uint8Array, from: number, to: number): void {
  const words = new BigUint64Array(Math.ceil((to - from) / 64))
  const mask = new Uint8Array(words.buffer).fill(0xff)
  let found = false
  for (let row = from; row < to; row++) {
    if (nulls[row] === 0) continue
    const bit = row - from
    mask[bit >> 3] = (mask[bit >> 3] as number) & ~(1 << (bit & 7))
    found = true
  }
  if (!found) return
  duckdb.vector_ensure_validity_writable(target)
  duckdb.copy_data_to_vector_validity(target, 0, words.buffer, 0, words.byteLength)
}

/** DuckDB keeps a uuid as a signed 128-bit number with the top bit turned; `bytes` are in written order. */
function swapUuids(source: Uint8Array, from: number, to: number, fromDuckDb: boolean): Uint8Array {
  const out = new Uint8Array(16 * (to - from))
  for (let row = 0; row < to - from; row++)
    for (let byte = 0; byte < 16; byte++)
      out[16 * row + byte] = source[16 * (from + row) + 15 - byte] as number
  const top = fromDuckDb ? 0 : 15
  for (let at = top; at < out.length; at += 16) out[at] = (out[at] as number) ^ 0x80
  return out
}

type Strings = Extract<ColumnVector, { kind: 'text' | 'bytes' }>

/**
 * All strings of the chunk go into the vector's own heap as one long string; each row's string is then a pointer
 * into it. One call for 2,048 rows instead of one each.
 */
function writeStrings(target: Vector, source: Strings, from: number, to: number): void {
  const { bytes, offsets } = source
  const start = offsets[from] as number
  const end = offsets[to] as number
  if (source.kind === 'text') checkText(bytes, offsets, from, to)
  const words = new Int32Array((STRING_BYTES / 4) * (to - from))
  const cells = new Uint8Array(words.buffer)
  const heap = hasLong(offsets, from, to) ? assignHeap(target, bytes.subarray(start, end)) : null
  for (let row = from; row < to; row++) {
    const at = offsets[row] as number
    const length = (offsets[row + 1] as number) - at
    const cell = STRING_BYTES * (row - from)
    words[cell >> 2] = length
    const inline = heap === null || length <= INLINE_BYTES ? length : 4
    for (let byte = 0; byte < inline; byte++) cells[cell + 4 + byte] = bytes[at + byte] as number
    if (heap === null || length <= INLINE_BYTES) continue
    const low = heap.low + (at - start)
    words[(cell >> 2) + 2] = low
    words[(cell >> 2) + 3] = heap.high + (low > 0xffffffff ? 1 : 0)
  }
  copyInto(target, cells)
}

function hasLong(offsets: Int32Array, from: number, to: number): boolean {
  for (let row = from; row < to; row++)
    if ((offsets[row + 1] as number) - (offsets[row] as number) > INLINE_BYTES) return true
  return false
}

/** The address of the copy, in two halves: doubles hold it exactly. */
function assignHeap(target: Vector, bytes: Uint8Array): { low: number; high: number } {
  duckdb.vector_assign_string_element_len(target, 0, bytes)
  const cell = duckdb.vector_get_data(target, STRING_BYTES)
  const view = new DataView(cell.buffer, cell.byteOffset, STRING_BYTES)
  return { low: view.getUint32(8, true), high: view.getUint32(12, true) }
}

/** DuckDB trusts what is in a vector, so text that is no UTF-8 must not get there. */
function checkText(bytes: Uint8Array, offsets: Int32Array, from: number, to: number): void {
  let valid = isUtf8(bytes.subarray(offsets[from], offsets[to]))
  // The whole is valid; each row is too if none begins inside a character.
  for (let row = from; valid && row < to; row++) {
    const at = offsets[row] as number
    valid = at === offsets[row + 1] || ((bytes[at] as number) & 0xc0) !== 0x80
  }
  if (!valid) throw new RangeError('a text is not valid UTF-8')
}

/** The first `rows` values of a vector of fixed width, as bytes. Valid until the chunk is let go. */
export function readFixed(source: Vector, rows: number, width: number): Uint8Array {
  return duckdb.vector_get_data(source, rows * width)
}

export function readUuids(source: Vector, rows: number): Uint8Array {
  return swapUuids(duckdb.vector_get_data(source, 16 * rows), 0, rows, true)
}

/** Marks NULL rows in `nulls` from `at` on; returns whether there were any. */
export function readNulls(source: Vector, rows: number, nulls: Uint8Array, at: number): boolean {
  // Without a mask the binding returns null or undefined, which its types do not say.
  const mask = duckdb.vector_get_validity(source, 8 * Math.ceil(rows / 64)) as Uint8Array | null | undefined
  if (!mask) return false
  let found = false
  for (let row = 0; row < rows; row++) {
    if (((mask[row >> 3] as number) >> (row & 7)) & 1) continue
    nulls[at + row] = 1
    found = true
  }
  return found
}
