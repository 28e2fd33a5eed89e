import type { Client } from 'pg'
import type { Payload } from '../../../columns/payload.js'
import { type CopyStream, copyInThread, copyInWorker } from './copy-stream.js'
import { INVALID_PARAMETER } from './translate-error.js'
import type { MappedColumn } from './type-map.js'

/**
 * A transaction whose rows stay as they are now. `name`: under which another session can see the same; null where
 * the server exports none (behind some poolers).
 */
export type Snapshot = Readonly<{ client: Client; name: string | null }>

export async function openSnapshot(client: Client): Promise<Snapshot> {
  await client.query(BEGIN)
  try {
    const { rows } = await client.query<{ name: string }>('select pg_export_snapshot() as name')
    return { client, name: rows[0]?.name ?? null }
  } catch {
    await client.query('rollback')
    await client.query(BEGIN)
    return { client, name: null }
  }
}

const BEGIN = 'begin transaction isolation level repeatable read read only'

export async function closeSnapshot({ client }: Snapshot): Promise<void> {
  // A load that was given up has cut the connection, and the transaction with it.
  await client.query('rollback').catch(() => {})
}

/** Below this the start of a thread costs more than it saves. */
const THREAD_WORTH_BYTES = 8 << 20

/** Rows of `table` under a condition, as seen by the snapshot. Consumed in the order in which they were opened. */
export async function copyRows(request: {
  snapshot: Snapshot
  url: string
  table: string
  columns: readonly MappedColumn[]
  condition: string
  signal: AbortSignal
  translate: (error: unknown) => unknown
}): Promise<Payload> {
  const { snapshot, url, signal } = request
  const values = request.columns.map(({ expression }) => expression).join(', ')
  const select = `select ${values} from ${request.table} where ${request.condition}`
  const fields = request.columns.map(({ field }) => field)
  const worthThread =
    snapshot.name !== null && (await estimateBytes(snapshot.client, select)) > THREAD_WORTH_BYTES
  const inThread = () => copyInThread(snapshot.client, select, fields, signal)
  const stream =
    worthThread && snapshot.name !== null
      ? orElse(copyInWorker({ url, snapshot: snapshot.name, select, fields }, signal), inThread)
      : inThread()
  return { kind: 'columns', batches: translated(stream.batches, request.translate), sent: stream.sent }
}

/** Behind a balancer the worker's session may be another server's, which knows no snapshot of ours. */
function orElse(first: CopyStream, other: () => CopyStream): CopyStream {
  let used = first
  async function* batches() {
    let isBegun = false
    try {
      for await (const batch of first.batches) {
        isBegun = true
        yield batch
      }
    } catch (error) {
      if (isBegun || !isSnapshotUnknown(error)) throw error
      used = other()
      yield* used.batches
    }
  }
  return { batches: batches(), sent: () => used.sent() }
}

const isSnapshotUnknown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === INVALID_PARAMETER

/** What the planner expects the rows to weigh. */
async function estimateBytes(client: Client, select: string): Promise<number> {
  const { rows } = await client.query<{
    'QUERY PLAN': [{ Plan: { 'Plan Rows': number; 'Plan Width': number } }]
  }>(`explain (format json) ${select}`)
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  return plan ? plan['Plan Rows'] * plan['Plan Width'] : 0
}

async function* translated<T>(
  items: AsyncIterable<T>,
  translate: (error: unknown) => unknown,
): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    throw translate(error)
  }
}
