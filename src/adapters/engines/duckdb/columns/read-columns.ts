import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { BATCH_ROWS, BATCH_TEXT_BYTES } from '../../../../columns/batch-limits.js'
import type { ColumnBatch } from '../../../../columns/column-batch.js'
import { kindOf } from '../../../../columns/column-kind.js'
import type { Column } from '../../../../domain/column.js'
import { crossingExpression } from './crossing-types.js'
import { createReader, type VectorReader } from './vector-reader.js'

/**
 * Streams the rows of `sql`, which yields `columns` in this order, as batches of about 120 thousand rows. Memory is
 * bounded by one batch. When the caller stops early or `signal` is aborted, the statement ends and the connection
 * may be used again; an abort rejects with the signal's reason.
 */
export async function* readColumns(
  connection: DuckDBConnection,
  sql: string,
  columns: readonly Column[],
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  signal.throwIfAborted()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    const result = await connection.stream(crossingSelect(sql, columns))
    let batch = openBatch(columns)
    for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
      signal.throwIfAborted()
      if (chunk.rowCount === 0) break
      if (batch.rows + chunk.rowCount > BATCH_ROWS || batch.textBytes() > BATCH_TEXT_BYTES) {
        yield batch.finish()
        signal.throwIfAborted()
        batch = openBatch(columns)
      }
      batch.add(chunk)
    }
    if (batch.rows > 0) yield batch.finish()
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}

/** The positions matter, not the names: `sql` may yield two columns of one name. */
function crossingSelect(sql: string, columns: readonly Column[]): string {
  const names = columns.map((_, index) => `c${index}`)
  const values = columns.map(
    (column, index) => `${crossingExpression(`c${index}`, column.type)} as c${index}`,
  )
  return `select ${values.join(', ')} from (${sql}\n) as crossing(${names.join(', ')})`
}

type OpenBatch = {
  rows: number
  textBytes(): number
  add(chunk: DuckDBDataChunk): void
  finish(): ColumnBatch
}

function openBatch(columns: readonly Column[]): OpenBatch {
  const readers: VectorReader[] = columns.map((column) => createReader(kindOf(column.type), column.type))
  return {
    rows: 0,
    textBytes: () => readers.reduce((sum, reader) => sum + reader.textBytes(), 0),
    add(chunk) {
      const { rowCount } = chunk
      readers.forEach((reader, index) => {
        reader.read(duckdb.data_chunk_get_vector(chunk.chunk, index), rowCount, this.rows)
      })
      this.rows += rowCount
    },
    finish() {
      return { rows: this.rows, vectors: readers.map((reader) => reader.finish(this.rows)) }
    },
  }
}
