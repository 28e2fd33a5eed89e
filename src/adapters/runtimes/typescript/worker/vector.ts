import type { DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/** The values of one column of a chunk, as JavaScript's. */
export type ColumnReader = (chunk: DuckDBDataChunk, index: number, rows: number) => unknown[]

export type Vector = Parameters<typeof duckdb.vector_get_data>[0]

/** The bit mask of rows that are not NULL; null where none is. */
export function validity(vector: Vector, rows: number): Uint8Array | null {
  // Without a mask the binding returns null or undefined, which its types do not say.
  return (
    (duckdb.vector_get_validity(vector, 8 * Math.ceil(rows / 64)) as Uint8Array | null | undefined) ?? null
  )
}

export const isValid = (mask: Uint8Array, row: number): boolean =>
  (((mask[row >> 3] as number) >> (row & 7)) & 1) === 1
