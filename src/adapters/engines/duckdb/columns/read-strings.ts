import duckdb, { type Vector } from '@duckdb/node-bindings'
import type { GrowingBytes } from '../../../../columns/growing-bytes.js'

const STRING_BYTES = 16
const INLINE_BYTES = 12
/** Strings this close to each other are fetched with what lies between: both ends are on readable pages. */
const MAX_GAP = 8
const MAX_WINDOW = 1 << 20

/** A piece of DuckDB's memory that was fetched in one call. */
type Window = { start: number; end: number; bytes: Uint8Array }

/**
 * Appends the strings of a vector to `into`, rows `at` and on. Long strings are fetched by address; neighbours in
 * memory, as DuckDB usually leaves them, come in one call.
 */
export function readStrings(
  source: Vector,
  rows: number,
  nulls: Uint8Array | null,
  into: GrowingBytes,
  at: number,
): void {
  const raw = duckdb.vector_get_data(source, STRING_BYTES * rows)
  const cells = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  let window: Window = { start: 0, end: 0, bytes: raw }
  for (let row = 0; row < rows; row++) {
    const cell = STRING_BYTES * row
    const length = nulls !== null && nulls[at + row] !== 0 ? 0 : cells.getUint32(cell, true)
    if (length > 0) {
      const bytes = into.reserve(length)
      if (length <= INLINE_BYTES) copyShort(raw, cell + 4, bytes, into.length, length)
      else {
        const address = addressAt(cells, cell)
        if (address < window.start || address + length > window.end)
          window = fetchWindow(cells, row, rows, nulls, at)
        const from = address - window.start
        if (length <= 48) copyShort(window.bytes, from, bytes, into.length, length)
        else bytes.set(window.bytes.subarray(from, from + length), into.length)
      }
      into.length += length
    }
    into.offsets[at + row + 1] = into.length
  }
}

function copyShort(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  for (let byte = 0; byte < length; byte++) target[to + byte] = source[from + byte] as number
}

/** Addresses fit a double: they have 48 bits. */
const addressAt = (cells: DataView, cell: number) =>
  cells.getUint32(cell + 8, true) + cells.getUint32(cell + 12, true) * 0x1_0000_0000

/** Memory of the string in `row` and of those after it, upwards or downwards, for as long as they are neighbours. */
function fetchWindow(
  cells: DataView,
  row: number,
  rows: number,
  nulls: Uint8Array | null,
  at: number,
): Window {
  let lowest = STRING_BYTES * row
  let start = addressAt(cells, lowest)
  let end = start + cells.getUint32(lowest, true)
  for (let next = row + 1; next < rows && end - start < MAX_WINDOW; next++) {
    const cell = STRING_BYTES * next
    const length = cells.getUint32(cell, true)
    if (length <= INLINE_BYTES || (nulls !== null && nulls[at + next] !== 0)) continue
    const address = addressAt(cells, cell)
    const follows = address >= end && address < end + MAX_GAP
    const precedes = address + length <= start && address + length > start - MAX_GAP
    const inside = address >= start && address + length <= end
    if (follows) end = address + length
    else if (precedes) {
      start = address
      lowest = cell
    } else if (!inside) break
  }
  const pointer = cells.byteOffset + lowest + 8
  return {
    start,
    end,
    bytes: duckdb.get_data_from_pointer(cells.buffer as ArrayBuffer, pointer, end - start),
  }
}
