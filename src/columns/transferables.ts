import type { ColumnBatch } from './column-batch.js'

/** The memory of a batch, to be handed to another thread instead of copied. The batch is empty afterwards. */
export function transferables(batch: ColumnBatch): ArrayBuffer[] {
  const buffers = new Set<ArrayBufferLike>()
  for (const vector of batch.vectors) {
    if (vector.kind === 'text' || vector.kind === 'bytes') {
      buffers.add(vector.bytes.buffer)
      buffers.add(vector.offsets.buffer)
    } else buffers.add(vector.values.buffer)
    if (vector.nulls) buffers.add(vector.nulls.buffer)
  }
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer)
}
