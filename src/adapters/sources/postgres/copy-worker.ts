import { serveWorkerStream } from '../../../base/worker-stream.js'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import type { CopyField } from '../../../columns/postgres-binary/decode-field.js'
import { transferables } from '../../../columns/transferables.js'
import { quoteText } from '../../../sql/quote.js'
import { begin, connectSource } from './connect.js'
import { copyOut } from './copy-out.js'

/** What the thread needs: a session of its own that sees what the exporting one sees. */
export type CopyTask = Readonly<{
  url: string
  snapshot: string
  select: string
  fields: readonly CopyField[]
}>

await serveWorkerStream<CopyTask, ColumnBatch, number>(async ({ url, snapshot, select, fields }, send) => {
  const client = await connectSource(url)
  try {
    await client.query(begin('repeatable read'))
    await client.query(`set transaction snapshot ${quoteText(snapshot)}`)
    const rows = await copyOut(client, select, fields, (batch) => send(batch, transferables(batch)))
    await client.query('rollback')
    return rows
  } finally {
    await client.end()
  }
})
