import type { ReleaseChange, ReleaseOutcome } from '../../adapters/engines/engine.js'
import type { PreparedRelease } from '../../adapters/state/store.js'
import { type Asset, type AssetName, type DeliverySpec, deliveryId } from '../../domain/asset.js'
import { type AssetState, emptyAssetState } from '../../domain/asset-state.js'
import { diffColumns, sameColumns } from '../../domain/column.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import { mergeIntervals, subtractIntervals } from '../../domain/interval.js'
import { isRanged, joinTouched, owedRanges, type Touched } from '../../planner/scope.js'
import type { RunContext } from '../context.js'
import type { Built } from '../outcome.js'

/**
 * Releases what passed: the state keeps what will be, the engine makes it visible in one transaction with its
 * ledger row, the state makes it current. A crash between any two of them is settled by `recover`.
 */
export async function release(
  builts: readonly Built[],
  deliveries: ReadonlyMap<string, DeliveryRecord>,
  floor: number,
  context: RunContext,
  signal: AbortSignal,
): Promise<{ release: number; due: readonly DeliveryRecord[] }> {
  const { engine, store, clock } = context.deps
  const at = clock.now()
  let due: readonly DeliveryRecord[] = []
  let states: readonly AssetState[] = []
  const number = await store.prepareRelease(floor, (next): PreparedRelease => {
    due = builts.flatMap((built) => dueDeliveries(built, next, deliveries, context))
    states = [
      ...builts.map((built) => releasedState(built, next, at, builts, context)),
      ...touchedStates(builts, context),
    ]
    return { run: context.run, at, states, retire: context.plan.removed, deliveries: due }
  })
  // From here on a Ctrl-C must not cut between the two halves: the transaction is short, so it runs to its end.
  signal.throwIfAborted()
  let outcome: ReleaseOutcome
  try {
    outcome = await engine.release(
      {
        release: number,
        run: context.run,
        environment: context.plan.environment,
        at,
        changes: builts.map((built) => releaseChange(built, deliveries, context)),
        retire: context.plan.removed,
      },
      new AbortController().signal,
    )
  } catch (error) {
    await store.abandonRelease(number)
    throw error
  }
  await store.commitRelease(number)
  const counted = withRows(states, outcome)
  if (counted.length > 0) await store.saveAssetStates(counted)
  return { release: number, due }
}

/** A candidate that was merged or put into ranges is not the whole table: the engine has counted that. */
function withRows(states: readonly AssetState[], { relations }: ReleaseOutcome): AssetState[] {
  const rows = new Map(relations.map((relation) => [relation.asset, relation.rows]))
  return states.flatMap((state) => {
    const counted = rows.get(state.asset)
    return counted == null || counted === state.rows ? [] : [{ ...state, rows: counted }]
  })
}

function releaseChange(
  built: Built,
  deliveries: ReadonlyMap<string, DeliveryRecord>,
  context: RunContext,
): ReleaseChange {
  const asset = context.assets.get(built.asset)!
  return {
    asset: built.asset,
    columns: built.columns,
    change: built.change,
    // Changes are kept only where rows went before: a first delivery carries every row anyway.
    deliveries: postgresDeliveries(asset)
      .map((spec) => deliveryId(asset.name, spec))
      .filter((delivery) => (deliveries.get(delivery)?.delivered ?? 0) > 0)
      .map((delivery) => ({ delivery, key: asset.key })),
    quarantined: built.quarantined > 0,
  }
}

const postgresDeliveries = (asset: Asset): readonly DeliverySpec[] =>
  asset.deliver.filter(({ kind }) => kind === 'postgres')

/** The state of an asset once its part of the release is visible. */
function releasedState(
  built: Built,
  release: number,
  at: number,
  builts: readonly Built[],
  context: RunContext,
): AssetState {
  const asset = context.assets.get(built.asset)!
  const before = context.states.get(asset.name) ?? emptyAssetState(asset.name)
  const inRelease = new Set(builts.map((other) => other.asset))
  const ranges = built.ranges ?? []
  return {
    asset: asset.name,
    fingerprint: built.fingerprint,
    relation: relationAfter(built, asset.name),
    columns: built.columns,
    // Rows that are kept whatever a build gives were built once, and stay so.
    built:
      built.full && built.change.kind === 'replace' ? ranges : mergeIntervals([...before.built, ...ranges]),
    pending:
      built.full || before.pending === 'all'
        ? built.deferred
        : mergeIntervals([...subtractIntervals(before.pending, ranges), ...built.deferred]),
    position: built.position,
    release,
    releasedAt: at,
    inputReleases: Object.fromEntries(
      asset.inputs.map((name) => [
        name,
        inRelease.has(name) ? release : (context.states.get(name)?.release ?? 0),
      ]),
    ),
    rows: built.candidate?.rows ?? null,
    judged: built.judged,
  }
}

function relationAfter({ change }: Built, asset: AssetName): string {
  switch (change.kind) {
    case 'view':
      return asset
    case 'replace':
      return change.candidate
    default:
      return change.live
  }
}

/** Assets that read what is released now but are not released themselves owe the touched ranges from here on. */
function touchedStates(builts: readonly Built[], context: RunContext): AssetState[] {
  const touched = new Map<AssetName, Touched>(builts.map((built) => [built.asset, built.touched]))
  return context.project.assets.flatMap((asset) => {
    const state = context.states.get(asset.name)
    if (!state?.relation || touched.has(asset.name) || !isRanged(asset)) return []
    const owed = asset.inputs.flatMap((name) => {
      const ranges = touched.get(name)
      return ranges === undefined ? [] : [owedRanges(asset, ranges, state.built, context.project.timezone)]
    })
    return owed.length === 0 ? [] : [{ ...state, pending: joinTouched([state.pending, ...owed]) }]
  })
}

function dueDeliveries(
  built: Built,
  release: number,
  known: ReadonlyMap<string, DeliveryRecord>,
  context: RunContext,
): DeliveryRecord[] {
  const asset = context.assets.get(built.asset)!
  const before = context.states.get(asset.name)
  const gap =
    built.change.kind === 'view' ||
    !before?.relation ||
    !sameColumns(diffColumns(before.columns, built.columns))
  return asset.deliver.map((spec) => {
    const delivery = deliveryId(asset.name, spec)
    const record = known.get(delivery) ?? newDelivery(asset.name, spec, delivery)
    return {
      ...record,
      wanted: release,
      // A release this delivery was not declared in left no changes for it.
      needsAll: record.needsAll || gap || record.delivered === 0 || record.wanted < (before?.release ?? 0),
      status: built.holdDelivery ? 'held' : 'waiting',
      error: built.holdDelivery ? 'a check holds its delivery' : null,
    }
  })
}

export function newDelivery(asset: AssetName, spec: DeliverySpec, delivery: string): DeliveryRecord {
  return {
    delivery,
    asset,
    connection: spec.connection,
    target: spec.kind === 'postgres' ? spec.table : spec.path,
    delivered: 0,
    wanted: 0,
    needsAll: true,
    status: 'waiting',
    inserted: 0,
    updated: 0,
    deleted: 0,
    durationMs: 0,
    attempts: 0,
    error: null,
  }
}
