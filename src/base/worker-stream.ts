import { type MessagePort, parentPort, type TransferListItem, Worker, workerData } from 'node:worker_threads'
import { createChannel } from './channel.js'

/** From the thread: an item, the result after the last one, or an error as plain fields. */
type FromWorker =
  | { kind: 'item'; item: unknown }
  | { kind: 'end'; result: unknown }
  | { kind: 'error'; error: { message: string; fields: Record<string, unknown> } }

export type WorkerStream<T, R> = Readonly<{
  items: AsyncIterable<T>
  /** The thread's result; known once `items` has ended. */
  result: () => R | null
}>

/**
 * Starts a thread at `path` (see `compiledPath`) and streams what it sends. At most `limit` items are under way. The
 * thread ends with its stream, also when the reader stops early or `signal` is aborted.
 */
export function openWorkerStream<T, R>(
  path: string,
  data: unknown,
  limit: number,
  signal: AbortSignal,
): WorkerStream<T, R> {
  signal.throwIfAborted()
  const worker = new Worker(path, { workerData: { data, limit } })
  const abort = () => channel.fail(signal.reason)
  const channel = createChannel<T>(Number.POSITIVE_INFINITY, () => {
    signal.removeEventListener('abort', abort)
    void worker.terminate()
  })
  signal.addEventListener('abort', abort, { once: true })
  let result: R | null = null
  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'item':
        // The thread is our own code: what it sends is what its caller types it as.
        void channel.send(message.item as T)
        break
      case 'end':
        result = message.result as R
        channel.end()
        break
      case 'error':
        channel.fail(Object.assign(new Error(message.error.message), message.error.fields))
    }
  })
  worker.on('error', channel.fail)
  worker.on('exit', (code) => channel.fail(new Error(`a worker thread ended early, with code ${code}`)))
  return { items: acknowledged(channel.items, worker), result: () => result }
}

/** Tells the thread of each item that was taken, so that it sends the next. */
async function* acknowledged<T>(items: AsyncIterable<T>, worker: Worker): AsyncGenerator<T> {
  for await (const item of items) {
    worker.postMessage('taken')
    yield item
  }
}

type Send<T> = (item: T, transfer: readonly TransferListItem[]) => Promise<void>

/** The thread's side: runs `work` on the data it was started with. */
export async function serveWorkerStream<D, T, R>(
  work: (data: D, send: Send<T>) => Promise<R>,
): Promise<void> {
  const port = parentPort as MessagePort
  // Given by `openWorkerStream`, whose caller knows what this thread takes.
  const { data, limit } = workerData as { data: D; limit: number }
  let underWay = 0
  let wake = () => {}
  port.on('message', () => {
    underWay--
    wake()
  })
  try {
    const result = await work(data, (item, transfer) => {
      port.postMessage({ kind: 'item', item }, transfer)
      if (++underWay < limit) return Promise.resolve()
      return new Promise((resolve) => {
        wake = resolve
      })
    })
    port.postMessage({ kind: 'end', result })
  } catch (error) {
    port.postMessage({ kind: 'error', error: plainError(error) })
  }
  port.unref()
}

/** Errors lose their own fields when they are copied between threads; drivers put the code there. */
function plainError(error: unknown): { message: string; fields: Record<string, unknown> } {
  if (!(error instanceof Error)) return { message: String(error), fields: {} }
  const own = Object.entries(error).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return { message: error.message, fields: { ...Object.fromEntries(own), name: error.name } }
}
