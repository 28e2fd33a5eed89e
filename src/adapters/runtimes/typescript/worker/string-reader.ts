import duckdb from '@duckdb/node-bindings'
import { type ColumnReader, isValid, validity } from './vector.js'

const STRING_BYTES = 16
const INLINE_BYTES = 12
const CACHE_SIZE = 1024

/**
 * Strings from DuckDB's 16-byte cells: up to 12 bytes lie in the cell, more behind a pointer. Data repeats itself, so
 * short strings seen lately come from a cache; strings with the same address are read once per chunk.
 */
export function stringReader(): ColumnReader {
  const keys = new Int32Array(4 * CACHE_SIZE).fill(-1)
  const cached = new Array<string>(CACHE_SIZE).fill('')
  const short = (cells: Buffer, words: Int32Array, row: number): string => {
    const at = 4 * row
    const [a, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]] as [
      number,
      number,
      number,
      number,
    ]
    const slot =
      (Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 17) ^ d, 0x9e3779b1) >>> 22) & (CACHE_SIZE - 1)
    const key = 4 * slot
    if (keys[key] === a && keys[key + 1] === b && keys[key + 2] === c && keys[key + 3] === d)
      return cached[slot] as string
    const text = decode(cells, STRING_BYTES * row + 4, a)
    keys[key] = a
    keys[key + 1] = b
    keys[key + 2] = c
    keys[key + 3] = d
    cached[slot] = text
    return text
  }
  return (chunk, index, rows) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
    const bytes = duckdb.vector_get_data(vector, STRING_BYTES * rows)
    const cells = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, 4 * rows)
    const valid = validity(vector, rows)
    const long = new Map<number, Seen>()
    const values = new Array<string | null>(rows)
    for (let row = 0; row < rows; row++) {
      if (valid !== null && !isValid(valid, row)) values[row] = null
      else if ((words[4 * row] as number) <= INLINE_BYTES) values[row] = short(cells, words, row)
      else values[row] = longString(cells, words, row, long)
    }
    return values
  }
}

const MAX_ASCII = 0x7f

/** Not by TextDecoder, which swallows a byte order mark. */
function decode(bytes: Buffer, from: number, length: number): string {
  let text = ''
  for (let at = from; at < from + length; at++) {
    const byte = bytes[at] as number
    if (byte > MAX_ASCII) return bytes.toString('utf8', from, from + length)
    text += String.fromCharCode(byte)
  }
  return text
}

type Seen = { length: number; text: string }

function longString(cells: Buffer, words: Int32Array, row: number, seen: Map<number, Seen>): string {
  const length = words[4 * row] as number
  // Exact in a double: addresses have 48 bits. Strings may share a start and differ in length.
  const address = ((words[4 * row + 2] as number) >>> 0) + (words[4 * row + 3] as number) * 0x1_0000_0000
  const known = seen.get(address)
  if (known?.length === length) return known.text
  // A cast: the memory of a vector is never shared.
  const pointer = cells.byteOffset + STRING_BYTES * row + 8
  const bytes = duckdb.get_data_from_pointer(cells.buffer as ArrayBuffer, pointer, length)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  seen.set(address, { length, text })
  return text
}
