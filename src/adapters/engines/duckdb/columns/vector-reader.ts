import type { Vector } from '@duckdb/node-bindings'
import { BATCH_ROWS } from '../../../../columns/batch-limits.js'
import type { ColumnKind, ColumnVector } from '../../../../columns/column-batch.js'
import { decimalOf } from '../../../../columns/column-kind.js'
import { GrowingBytes } from '../../../../columns/growing-bytes.js'
import { readStrings } from './read-strings.js'
import { readFixed, readNulls, readUuids } from './vector-memory.js'

/** Gathers one column of a batch from DuckDB's vectors. */
export interface VectorReader {
  /** Copies `rows` values to the rows from `at` on. */
  read(source: Vector, rows: number, at: number): void
  textBytes(): number
  finish(rows: number): ColumnVector
}

export function createReader(kind: ColumnKind, type: string): VectorReader {
  return kind === 'text' || kind === 'bytes' ? stringReader(kind) : fixedReader(kind, type)
}

/** The NULL marks of a batch; the array is made when the first NULL comes. */
function openNulls() {
  let nulls: Uint8Array | null = null
  let spare: Uint8Array | null = null
  return {
    read(source: Vector, rows: number, at: number): Uint8Array | null {
      const marks: Uint8Array = nulls ?? spare ?? new Uint8Array(BATCH_ROWS)
      if (readNulls(source, rows, marks, at)) nulls = marks
      else spare = marks
      return nulls
    },
    finish: (rows: number) => (nulls ? { nulls: nulls.subarray(0, rows) } : {}),
  }
}

function stringReader(kind: 'text' | 'bytes'): VectorReader {
  const nulls = openNulls()
  const strings = new GrowingBytes(BATCH_ROWS)
  return {
    read: (source, rows, at) => readStrings(source, rows, nulls.read(source, rows, at), strings, at),
    textBytes: () => strings.length,
    finish: (rows) => ({ kind, ...strings.finish(rows), ...nulls.finish(rows) }),
  }
}

const WIDTHS: Readonly<Record<Exclude<ColumnKind, 'text' | 'bytes'>, number>> = {
  bool: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
  decimal: 8,
  decimal128: 16,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
}

function fixedReader(kind: Exclude<ColumnKind, 'text' | 'bytes'>, type: string): VectorReader {
  const nulls = openNulls()
  const width = WIDTHS[kind]
  const bytes = new Uint8Array(width * BATCH_ROWS)
  return {
    read(source, rows, at) {
      nulls.read(source, rows, at)
      bytes.set(kind === 'uuid' ? readUuids(source, rows) : readFixed(source, rows, width), width * at)
    },
    textBytes: () => 0,
    finish: (rows) => ({ ...fixedVector(kind, type, bytes.buffer, rows), ...nulls.finish(rows) }),
  }
}

function fixedVector(
  kind: Exclude<ColumnKind, 'text' | 'bytes'>,
  type: string,
  buffer: ArrayBuffer,
  rows: number,
): ColumnVector {
  switch (kind) {
    case 'bool':
      return { kind, values: new Uint8Array(buffer, 0, rows) }
    case 'uuid':
      return { kind, values: new Uint8Array(buffer, 0, 16 * rows) }
    case 'int16':
      return { kind, values: new Int16Array(buffer, 0, rows) }
    case 'int32':
    case 'date':
      return { kind, values: new Int32Array(buffer, 0, rows) }
    case 'float32':
      return { kind, values: new Float32Array(buffer, 0, rows) }
    case 'float64':
      return { kind, values: new Float64Array(buffer, 0, rows) }
    case 'decimal':
      return { kind, values: new BigInt64Array(buffer, 0, rows), scale: decimalOf(type)?.scale ?? 0 }
    case 'decimal128':
      return { kind, values: new BigInt64Array(buffer, 0, 2 * rows), scale: decimalOf(type)?.scale ?? 0 }
    default:
      return { kind, values: new BigInt64Array(buffer, 0, rows) }
  }
}
