import type { Client } from 'pg'
import { createChannel } from '../../../base/channel.js'
import { compiledPath } from '../../../base/compiled.js'
import { openWorkerStream } from '../../../base/worker-stream.js'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import type { CopyField } from '../../../columns/postgres-binary/decode-field.js'
import { copyOut } from './copy-out.js'
import type { CopyTask } from './copy-worker.js'

export type CopyStream = Readonly<{
  batches: AsyncIterable<ColumnBatch>
  /** Rows the server sent; known once `batches` has ended. */
  sent: () => number | null
}>

/** Batches that are ready before the reader asks: one to work on, one behind it, one on its way. */
const IN_FLIGHT = 3

/** Reads in this thread. Starts when the first batch is asked for; a reader that stops early ends the connection. */
export function copyInThread(
  client: Client,
  select: string,
  fields: readonly CopyField[],
  signal: AbortSignal,
): CopyStream {
  let rows: number | null = null
  async function* batches(): AsyncGenerator<ColumnBatch> {
    signal.throwIfAborted()
    const abort = () => channel.fail(signal.reason)
    const channel = createChannel<ColumnBatch>(IN_FLIGHT, () => {
      signal.removeEventListener('abort', abort)
      if (rows === null) socketOf(client).destroy()
    })
    signal.addEventListener('abort', abort, { once: true })
    copyOut(client, select, fields, channel.send).then((sent) => {
      rows = sent
      channel.end()
    }, channel.fail)
    yield* channel.items
  }
  return { batches: batches(), sent: () => rows }
}

/** Reads in a thread of its own, which leaves this one to the engine. */
export function copyInWorker(task: CopyTask, signal: AbortSignal): CopyStream {
  let sent: () => number | null = () => null
  async function* batches(): AsyncGenerator<ColumnBatch> {
    const path = compiledPath(import.meta.url, './copy-worker.js')
    const stream = openWorkerStream<ColumnBatch, number>(path, task, IN_FLIGHT, signal)
    sent = stream.result
    yield* stream.items
  }
  return { batches: batches(), sent: () => sent() }
}

/** pg's types leave out the connection below a client. */
function socketOf(client: Client): { destroy(): void } {
  return (client as Client & { connection: { stream: { destroy(): void } } }).connection.stream
}
