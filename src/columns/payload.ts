import type { Json } from '../base/json.js'
import type { FileFormat } from '../domain/asset.js'
import type { ColumnBatch } from './column-batch.js'

/** Bulk rows on their way into a candidate. */
export type Payload =
  | Readonly<{
      kind: 'columns'
      batches: AsyncIterable<ColumnBatch>
      /** Rows sent; known once `batches` has ended. */
      sent: () => number | null
    }>
  | Readonly<{
      kind: 'files'
      format: FileFormat
      paths: readonly string[]
      /** Reader's options, already the engine's own names. */
      options: Readonly<Record<string, Json>>
      /** Name of an extra column that keeps the file each row came from; absent: none. */
      fileColumn?: string
      /** Rows sent, where the sender counted them (a CSV made by COPY); null: unknown. */
      sent: () => number | null
    }>
