import type { Comparison } from '../adapters/engines/engine.js'
import { type Asset, type AssetName, type DeliverySpec, deliveryId } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { CheckResult } from '../domain/check.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import { judgeParametersOf } from '../executor/build/build-sql.js'
import { deliverAll } from '../executor/release/deliver.js'
import { releasedRows } from '../executor/release/released-rows.js'
import { judgeReleased } from '../quality/judge-released.js'
import { selectAssets } from './select.js'
import type { Session } from './session.js'

export type CheckRequest = Readonly<{
  select: string | null
  /** Compare what was delivered with what was released. */
  delivered: boolean
  /** Deliver again where it differs. */
  repair: boolean
}>

export type DeliveredComparison = Readonly<{ delivery: string; asset: AssetName; comparison: Comparison }>

export type CheckReport = Readonly<{
  results: readonly CheckResult[]
  delivered: readonly DeliveredComparison[]
  repaired: readonly DeliveryRecord[]
}>

/** Judges released rows against the checks, and delivered tables against the release. Changes nothing unless asked to repair. */
export async function checkProject(
  session: Session,
  request: CheckRequest,
  signal: AbortSignal,
): Promise<CheckReport> {
  const { project } = session.loaded
  const store = await session.services.store()
  const states = await store.assetStates()
  const chosen = request.select === null ? null : new Set(selectAssets(project, request.select))
  const assets = project.assets.filter(
    ({ name }) => states.get(name)?.relation && (!chosen || chosen.has(name)),
  )
  const results = await judgeAll(assets, states, session, signal)
  const delivered = request.delivered ? await compareDelivered(assets, states, session, signal) : []
  const broken = delivered.filter(({ comparison }) => differs(comparison))
  const repaired = request.repair ? await repair(broken, states, session, signal) : []
  return { results, delivered, repaired }
}

export const differs = ({ missing, extra, different }: Comparison): boolean => missing + extra + different > 0

async function judgeAll(
  assets: readonly Asset[],
  states: ReadonlyMap<AssetName, AssetState>,
  session: Session,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { project } = session.loaded
  const engine = await session.services.engine()
  const workspace = await engine.openWorkspace(0)
  const results: CheckResult[] = []
  try {
    for (const asset of project.assets) {
      const state = states.get(asset.name)
      if (state?.relation) await workspace.define(asset.name, releasedRows(asset, state, project))
    }
    for (const asset of assets) {
      const state = states.get(asset.name)!
      const tenant = state.columns.some(({ name }) => name === project.tenant) ? project.tenant : undefined
      const judged = await judgeReleased(
        {
          workspace,
          asset,
          tenant,
          columns: state.columns,
          rows: releasedRows(asset, state, project),
          now: session.services.clock.now(),
          parameters: judgeParametersOf(asset, project),
        },
        signal,
      )
      results.push(...judged.results)
    }
  } finally {
    await workspace.close()
  }
  return results
}

async function compareDelivered(
  assets: readonly Asset[],
  states: ReadonlyMap<AssetName, AssetState>,
  session: Session,
  signal: AbortSignal,
): Promise<DeliveredComparison[]> {
  const engine = await session.services.engine()
  const comparisons: DeliveredComparison[] = []
  for (const asset of assets) {
    const { columns } = states.get(asset.name)!
    for (const spec of asset.deliver.filter(isTable)) {
      const sink = await session.services.sink(spec.connection)
      const other = sink.read(spec.table, columns, signal)
      const comparison = await engine.compare({ asset: asset.name, columns, key: asset.key, other }, signal)
      comparisons.push({ delivery: deliveryId(asset.name, spec), asset: asset.name, comparison })
    }
  }
  return comparisons
}

const isTable = (spec: DeliverySpec): spec is DeliverySpec & { kind: 'postgres' } => spec.kind === 'postgres'

async function repair(
  broken: readonly DeliveredComparison[],
  states: ReadonlyMap<AssetName, AssetState>,
  session: Session,
  signal: AbortSignal,
): Promise<readonly DeliveryRecord[]> {
  if (broken.length === 0) return []
  const { services, loaded } = session
  const [store, engine] = await Promise.all([services.store(), services.engine()])
  const wanted = new Set(broken.map(({ delivery }) => delivery))
  // What a check holds back differs on purpose.
  const due = (await store.deliveries()).filter(
    ({ delivery, status }) => wanted.has(delivery) && status !== 'held',
  )
  return deliverAll(
    due.map((record) => ({ ...record, needsAll: true })),
    {
      deps: {
        engine,
        store,
        clock: services.clock,
        log: services.log,
        openSink: services.sink,
        emit: () => {},
      },
      project: loaded.project,
      environment: services.environment,
      states,
    },
    signal,
  )
}
