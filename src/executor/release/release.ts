import type { ReleaseChange, ReleaseOutcome } from '../../adapters/engines/engine.js'
import { physicalName } from '../../adapters/engines/physical-name.js'
import type { PreparedRelease } from '../../adapters/state/store.js'
import { type Asset, type AssetName, type DeliverySpec, deliveryId } from '../../domain/asset.js'
import { type AssetState, emptyAssetState } from '../../domain/asset-state.js'
import { diffColumns, sameColumns } from '../../domain/column.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import { mergeIntervals, subtractIntervals } from '../../domain/interval.js'
import { joinTouched } from '../../planner/scope.js'
import type { RunContext } from '../context.js'
import type { Built } from '../outcome.js'
import type { MovedMeanwhile } from '../runs-together.js'
import { owedSince, touchedStates } from './owed.js'

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
  const now = await standing(context)
  const copies = copiesFor(builts, context)
  let due: readonly DeliveryRecord[] = []
  let states: readonly AssetState[] = []
  const number = await store.prepareRelease(floor, (next): PreparedRelease => {
    due = builts.flatMap((built) => dueDeliveries(built, next, deliveries, context))
    states = [
      ...builts.map((built) => releasedState(built, next, at, { builts, copies, now }, context)),
      ...touchedStates(builts, now.states, context),
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
        changes: builts.map((built) => releaseChange(built, deliveries, copies, context)),
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

type Standing = Readonly<{ states: ReadonlyMap<AssetName, AssetState>; moved: MovedMeanwhile }>

/** The states as they are now, and what others released while this run built. */
async function standing({ deps, run, states }: RunContext): Promise<Standing> {
  const moved = deps.together.movedSince(run)
  return { moved, states: moved.any ? await deps.store.assetStates() : states }
}

/** Released relations that others read as they are: what would change them in place changes a copy. */
function copiesFor(
  builts: readonly Built[],
  { deps, run }: Pick<RunContext, 'deps' | 'run'>,
): ReadonlyMap<AssetName, string> {
  return new Map(
    builts.flatMap(({ asset, change }) => {
      const isInPlace = change.kind !== 'view' && change.kind !== 'replace'
      return isInPlace && deps.engine.isRead(change.live, run)
        ? [[asset, `${physicalName(asset, run)}__copy`] as const]
        : []
    }),
  )
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
  copies: ReadonlyMap<AssetName, string>,
  context: RunContext,
): ReleaseChange {
  const asset = context.assets.get(built.asset)!
  const copyTo = copies.get(built.asset)
  return {
    asset: built.asset,
    columns: built.columns,
    change: built.change,
    ...(copyTo !== undefined && { copyTo }),
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
  {
    builts,
    copies,
    now,
  }: Readonly<{ builts: readonly Built[]; copies: ReadonlyMap<AssetName, string>; now: Standing }>,
  context: RunContext,
): AssetState {
  const asset = context.assets.get(built.asset)!
  const before = context.states.get(asset.name) ?? emptyAssetState(asset.name)
  const inRelease = new Set(builts.map((other) => other.asset))
  const ranges = built.ranges ?? []
  // Rows that are kept whatever a build gives were built once, and stay so.
  const done =
    built.full && built.change.kind === 'replace' ? ranges : mergeIntervals([...before.built, ...ranges])
  const pending =
    built.full || before.pending === 'all'
      ? built.deferred
      : mergeIntervals([...subtractIntervals(before.pending, ranges), ...built.deferred])
  return {
    asset: asset.name,
    fingerprint: built.fingerprint,
    relation: copies.get(asset.name) ?? relationAfter(built, asset.name),
    columns: built.columns,
    built: done,
    pending: joinTouched([pending, ...owedSince(asset, done, now.moved, inRelease, context)]),
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
