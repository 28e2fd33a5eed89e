import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import { decimalOf, kindOf } from '../../../columns/column-kind.js'
import { CopyDecoder } from '../../../columns/postgres-binary/decode.js'
import type { CopyField } from '../../../columns/postgres-binary/decode-field.js'
import { elementType } from '../../../columns/postgres-binary/types.js'
import type { Column } from '../../../domain/column.js'
import { quoteName } from '../../../sql/quote.js'
import { sinkError } from '../errors.js'
import { type DeliveredColumn, deliveredColumns, differences } from './column-fit.js'
import { completeRows } from './complete-rows.js'
import { dependentsOf } from './dependents.js'
import { lookAtTargets } from './target-table.js'

/** Streams a delivered table in the types it was delivered in, by binary COPY. One that is gone has no rows. */
export async function* readTable(
  client: Client,
  target: string,
  columns: readonly Column[],
): AsyncGenerator<ColumnBatch> {
  const table = (await lookAtTargets(client, [target])).get(target) ?? null
  if (!table) return
  const { name } = table
  const faults = differences(columns, [], table, [])
  if (faults.length > 0) {
    const dependents = await dependentsOf(client, name)
    throw sinkError('SINK_COLUMNS_DIFFER', { table: name.text, difference: faults.join('; '), dependents })
  }
  const delivered = deliveredColumns(columns, table)
  const list = delivered.map(expression).join(', ')
  const chunks = client.query(copyTo(`copy (select ${list} from ${name.sql}) to stdout (format binary)`))
  chunks.on('error', () => {})
  yield* decodeBatches(chunks, delivered.map(copyField))
}

async function* decodeBatches(
  chunks: AsyncIterable<Buffer>,
  fields: readonly CopyField[],
): AsyncGenerator<ColumnBatch> {
  const decoder = new CopyDecoder(fields)
  for await (const rows of completeRows(chunks)) {
    for (let index = 0; index + 1 < rows.at.length; index++) {
      decoder.note(rows.view, rows.at[index]!, rows.at[index + 1]!)
      if (!decoder.full) continue
      const batch = decoder.decode(rows.bytes, rows.view)
      if (batch) yield batch
    }
    const batch = decoder.decode(rows.bytes, rows.view)
    if (batch) yield batch
  }
  const last = decoder.finish()
  if (last) yield last
}

/** The column in the type it was delivered in; types that have no binary form of their own as text. */
function expression({ name, needed, target }: DeliveredColumn): string {
  const column = quoteName(name)
  if (elementType(needed)) return `to_json(${column})::text`
  if (needed === 'jsonb' || needed === 'json') return `${column}::text`
  return needed === target.name ? column : `${column}::${needed}`
}

function copyField({ name, engineType, needed }: DeliveredColumn): CopyField {
  const kind = kindOf(engineType)
  if (needed === 'numeric') return { name, kind, wire: 'numeric', scale: decimalOf(engineType)?.scale ?? 0 }
  return needed === 'interval' ? { name, kind, wire: 'interval' } : { name, kind }
}
