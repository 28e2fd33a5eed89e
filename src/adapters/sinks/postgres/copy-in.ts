import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import { encodeCopy } from '../../../columns/postgres-binary/encode.js'
import type { PostgresTypeName } from '../../../columns/postgres-binary/types.js'
import { quoteNames } from '../../../sql/quote.js'

/** Streams batches into a relation by binary COPY; resolves to the rows written. */
export async function copyIn(
  client: Client,
  relation: string,
  columns: readonly { name: string; type: PostgresTypeName }[],
  batches: AsyncIterable<ColumnBatch>,
): Promise<number> {
  const names = quoteNames(columns.map(({ name }) => name))
  const copy = copyFrom(`copy ${relation} (${names}) from stdin (format binary)`)
  // A lost connection is reported a second time, when the pipeline no longer listens.
  copy.on('error', () => {})
  const bytes = encodeCopy(
    batches,
    columns.map(({ type }) => type),
  )
  await pipeline(Readable.from(bytes, { objectMode: true, highWaterMark: 2 }), client.query(copy))
  return copy.rowCount
}

/**
 * The same batches, read up to the first one that has rows; null if none has. Most deliveries delete nothing,
 * and a temporary table that stays empty costs round trips and rows in the catalogue.
 */
export async function unlessEmpty(
  batches: AsyncIterable<ColumnBatch>,
): Promise<AsyncIterable<ColumnBatch> | null> {
  const reader = batches[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await reader.next()
    if (done) return null
    if (value.rows > 0) return replay(value, reader)
  }
}

async function* replay(first: ColumnBatch, rest: AsyncIterator<ColumnBatch>): AsyncGenerator<ColumnBatch> {
  try {
    yield first
    for (;;) {
      const { done, value } = await rest.next()
      if (done) return
      yield value
    }
  } finally {
    await rest.return?.()
  }
}
