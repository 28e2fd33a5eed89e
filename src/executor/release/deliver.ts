import type { Changes } from '../../adapters/engines/engine.js'
import type { Sink, TableDelivery } from '../../adapters/sinks/sink.js'
import { isTransient, MillraceError, messageOf } from '../../base/errors.js'
import { retry } from '../../base/retry.js'
import { type Asset, deliveryId } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { Project } from '../../domain/project.js'
import type { ExecutorDeps } from '../context.js'

/** Tries within one run; what is still down then waits for the next run. */
const RETRY = { retries: 2, firstDelayMs: 200, maxDelayMs: 1_000 }

export type DeliverContext = Readonly<{
  deps: Pick<ExecutorDeps, 'engine' | 'store' | 'clock' | 'log' | 'openSink' | 'emit'>
  project: Project
  environment: string
  states: ReadonlyMap<string, AssetState>
}>

/**
 * Carries due deliveries out, all of one connection in one transaction. A connection that is down leaves its
 * deliveries waiting: the release stands, and the next run carries everything since.
 */
export async function deliverAll(
  due: readonly DeliveryRecord[],
  context: DeliverContext,
  signal: AbortSignal,
): Promise<readonly DeliveryRecord[]> {
  const connections = [...new Set(due.map(({ connection }) => connection))]
  const results = await Promise.all(
    connections.map((connection) =>
      deliverTo(
        connection,
        due.filter((record) => record.connection === connection),
        context,
        signal,
      ),
    ),
  )
  return results.flat()
}

async function deliverTo(
  connection: string,
  due: readonly DeliveryRecord[],
  context: DeliverContext,
  signal: AbortSignal,
): Promise<readonly DeliveryRecord[]> {
  const { deps } = context
  const begun = deps.clock.monotonic()
  let records: readonly DeliveryRecord[]
  try {
    records = await retry(() => carryOrStartOver(connection, due, context, signal), {
      ...RETRY,
      clock: deps.clock,
      signal,
    })
    const durationMs = deps.clock.monotonic() - begun
    records = records.map((record) => ({ ...record, durationMs }))
  } catch (error) {
    if (signal.aborted) throw signal.reason
    deps.log.warn({ connection, err: error }, 'delivery did not go through')
    records = due.map((record) => postponed(record, error, deps.clock.monotonic() - begun))
  }
  await deps.store.saveDeliveries(records)
  for (const record of records) {
    if (record.status === 'delivered') await deps.engine.forgetChanges(record.delivery, record.delivered)
    deps.emit({ kind: 'delivered', record })
  }
  return records
}

function postponed(record: DeliveryRecord, error: unknown, durationMs: number): DeliveryRecord {
  const hint = error instanceof MillraceError && error.hint ? ` ${error.hint}` : ''
  const message = messageOf(error)
  return {
    ...record,
    status: isTransient(error) ? 'waiting' : 'refused',
    attempts: record.attempts + 1,
    durationMs,
    inserted: 0,
    updated: 0,
    deleted: 0,
    // Words of a database end as they like.
    error: /[.!?]$/.test(message) ? `${message}${hint}` : `${message}.${hint}`,
  }
}

/** The kept changes do not lead to this release, or the target lost what they build on: every row goes instead. */
const NEEDS_ALL: ReadonlySet<string> = new Set(['ENGINE_CHANGES_LOST', 'SINK_NEEDS_ALL_ROWS'])

async function carryOrStartOver(...[connection, due, context, signal]: Parameters<typeof carry>) {
  try {
    return await carry(connection, due, context, signal)
  } catch (error) {
    if (!(error instanceof MillraceError) || !NEEDS_ALL.has(error.code)) throw error
    const all = due.map((record) => ({ ...record, needsAll: true }))
    return carry(connection, all, context, signal)
  }
}

async function carry(
  connection: string,
  due: readonly DeliveryRecord[],
  context: DeliverContext,
  signal: AbortSignal,
): Promise<readonly DeliveryRecord[]> {
  const sink = await context.deps.openSink(connection)
  const shown = new Map((await sink.ledger(signal)).map(({ delivery, release }) => [delivery, release]))
  const release = Math.max(...due.map(({ wanted }) => wanted))
  const tables: TableDelivery[] = []
  for (const record of due)
    tables.push(tableDelivery(record, { shown: shown.get(record.delivery) ?? 0, release }, context))
  const at = Math.max(...due.map(({ asset }) => context.states.get(asset)?.releasedAt ?? 0))
  const outcomes = await deliver(
    sink,
    { project: context.project.name, environment: context.environment, release, at, tables },
    signal,
  )
  return due.map((record) => {
    const outcome = outcomes.get(record.delivery)
    return {
      ...record,
      delivered: release,
      wanted: release,
      needsAll: false,
      status: 'delivered' as const,
      inserted: outcome?.inserted ?? 0,
      updated: outcome?.updated ?? 0,
      deleted: outcome?.deleted ?? 0,
      attempts: 0,
      error: null,
    }
  })
}

async function deliver(sink: Sink, request: Parameters<Sink['deliver']>[0], signal: AbortSignal) {
  const outcomes = await sink.deliver(request, signal)
  return new Map(outcomes.map((outcome) => [outcome.delivery, outcome]))
}

function tableDelivery(
  record: DeliveryRecord,
  { shown, release }: { shown: number; release: number },
  context: DeliverContext,
): TableDelivery {
  const { engine } = context.deps
  const asset = context.project.assets.find(({ name }) => name === record.asset)!
  const state = context.states.get(record.asset)!
  const spec = asset.deliver.find((candidate) => deliveryId(asset.name, candidate) === record.delivery)!
  // The target's own word counts: one that was emptied, restored or fed by a state that is lost gets every row.
  const continues = shown > 0 && shown >= record.delivered && shown <= release
  const mode = record.needsAll || !continues ? 'all' : 'changes'
  const request = { delivery: record.delivery, asset: asset.name, key: asset.key, columns: state.columns }
  let opened: Promise<Changes> | null = null
  const changes = () => {
    opened ??= engine.openChanges({ ...request, after: mode === 'all' ? 'all' : record.delivered })
    return opened
  }
  return {
    delivery: record.delivery,
    target: record.target,
    asset: asset.name,
    columns: state.columns,
    key: asset.key,
    mode,
    adopt: spec.kind === 'postgres' && spec.adopt,
    upserts: async function* (signal) {
      yield* (await changes()).upserts(signal)
    },
    deletes: async function* (signal) {
      yield* (await changes()).deletes(signal)
    },
    writeParquet: (path, signal) =>
      engine.writeParquet(
        { asset: asset.name, columns: state.columns, orderBy: orderOf(asset), path },
        signal,
      ),
  }
}

/** Files are written in the order of the key, so that the same rows give the same bytes. */
const orderOf = (asset: Asset): readonly string[] => asset.key
