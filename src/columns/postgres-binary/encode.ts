import type { ColumnBatch } from '../column-batch.js'
import { prepareField } from './encode-field.js'
import type { PostgresTypeName } from './types.js'

const SIGNATURE = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00)
const HEADER = new Uint8Array(19)
HEADER.set(SIGNATURE)
const TRAILER = Uint8Array.of(0xff, 0xff)

/** Rows encoded at a time: their bytes should stay in the processor's cache between columns. */
const SLICE_ROWS = 4096

/**
 * The bytes of `COPY … FROM STDIN (FORMAT binary)` for batches whose vectors fit `types` (see `canEncode`), one type
 * per column. Values that Postgres cannot hold (an infinite time beyond its range, a text that is no number) throw
 * a RangeError that names the value.
 */
export async function* encodeCopy(
  batches: AsyncIterable<ColumnBatch>,
  types: readonly PostgresTypeName[],
): AsyncGenerator<Uint8Array> {
  yield HEADER
  for await (const batch of batches) yield* encodeRows(batch, types)
  yield TRAILER
}

/** The rows of one batch, without header and trailer. */
export function* encodeRows(batch: ColumnBatch, types: readonly PostgresTypeName[]): Generator<Uint8Array> {
  if (batch.vectors.length !== types.length)
    throw new TypeError(`${batch.vectors.length} vectors for ${types.length} columns`)
  for (let from = 0; from < batch.rows; from += SLICE_ROWS)
    yield encodeSlice(batch, types, from, Math.min(batch.rows, from + SLICE_ROWS))
}

/** Column by column, so that each loop sees one kind of value; `at` keeps where each row has got to. */
function encodeSlice(
  batch: ColumnBatch,
  types: readonly PostgresTypeName[],
  from: number,
  to: number,
): Uint8Array {
  const fields = batch.vectors.map((vector, index) =>
    prepareField(vector, types[index] as PostgresTypeName, from, to),
  )
  const rows = to - from
  const at = new Int32Array(rows)
  at.fill(2 + 4 * fields.length)
  for (const field of fields) field.addSizes(at)
  let size = 0
  for (let row = 0; row < rows; row++) {
    const rowSize = at[row] as number
    at[row] = size
    size += rowSize
  }
  const bytes = new Uint8Array(size)
  const out = new DataView(bytes.buffer)
  for (let row = 0; row < rows; row++) {
    const start = at[row] as number
    out.setInt16(start, fields.length)
    at[row] = start + 2
  }
  for (const field of fields) field.write(out, bytes, at)
  return bytes
}
