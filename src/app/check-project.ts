import type { Comparison, Workspace } from '../adapters/engines/engine.js'
import { MillraceError } from '../base/errors.js'
import { type Asset, type AssetName, type DeliverySpec, deliveryId } from '../domain/asset.js'
import { type AssetState, emptyAssetState } from '../domain/asset-state.js'
import type { CheckResult } from '../domain/check.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import { judgeParametersOf } from '../executor/build/build-sql.js'
import { tenantColumn } from '../executor/judge-again.js'
import { deliverAll } from '../executor/release/deliver.js'
import { releasedRows } from '../executor/release/released-rows.js'
import { judgeReleased } from '../quality/judge-released.js'
import { selectAssets } from './select.js'
import type { Session } from './session.js'

export type CheckRequest = Readonly<{
  select: string | null
  /** Compare what was delivered with what was released; a repair does so in any case. */
  delivered: boolean
  /** Deliver again where it differs. */
  repair: boolean
}>

/** `comparison` is null where the target could not be read, and `error` says why. */
export type DeliveredComparison = Readonly<{
  delivery: string
  asset: AssetName
  comparison: Comparison | null
  error: Readonly<{ code: string; message: string; hint: string | null }> | null
}>

export type CheckReport = Readonly<{
  results: readonly CheckResult[]
  delivered: readonly DeliveredComparison[]
  repaired: readonly DeliveryRecord[]
}>

/**
 * Judges released rows against the checks, and delivered tables against the release. Changes nothing unless asked to
 * repair. Runs may go on meanwhile: what is judged is fixed at the beginning, and what is compared is neither released nor
 * delivered in that moment.
 */
export async function checkProject(
  session: Session,
  request: CheckRequest,
  signal: AbortSignal,
): Promise<CheckReport> {
  const { assets, results } = await judgeReleasedRows(session, request.select, signal)
  if (!request.delivered && !request.repair) return { results, delivered: [], repaired: [] }
  return session.services.together.inTurn(signal, async () => {
    const states = await (await session.services.store()).assetStates()
    const delivered = await compareDelivered(assets, states, session, signal)
    const repaired = request.repair ? await repair(delivered.filter(isBroken), states, session, signal) : []
    return { results, delivered, repaired }
  })
}

/** It differs, or cannot be read. */
export const isBroken = ({ comparison }: DeliveredComparison): boolean =>
  comparison === null || differs(comparison)

export const differs = ({ missing, extra, different }: Comparison): boolean => missing + extra + different > 0

async function judgeReleasedRows(
  session: Session,
  select: string | null,
  signal: AbortSignal,
): Promise<{ assets: readonly Asset[]; results: readonly CheckResult[] }> {
  const { project } = session.loaded
  const { services } = session
  const [store, engine] = await Promise.all([services.store(), services.engine()])
  const chosen = select === null ? null : new Set(selectAssets(project, select))
  const workspace = await engine.openWorkspace(0)
  try {
    const states = await services.together.inTurn(signal, async () => {
      const states = await store.assetStates()
      for (const asset of project.assets) {
        const state = states.get(asset.name)
        if (state?.relation) await workspace.define(asset.name, releasedRows(asset, state, project))
      }
      return states
    })
    const assets = project.assets.filter(
      ({ name }) => states.get(name)?.relation && (!chosen || chosen.has(name)),
    )
    const results: CheckResult[] = []
    for (const asset of assets)
      results.push(...(await judgeOne(asset, states.get(asset.name)!, workspace, session, signal)))
    return { assets, results }
  } finally {
    await workspace.close()
  }
}

async function judgeOne(
  asset: Asset,
  state: AssetState,
  workspace: Workspace,
  { loaded: { project }, services }: Session,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const judged = await judgeReleased(
    {
      workspace,
      asset,
      tenant: tenantColumn(state.columns, project),
      columns: state.columns,
      rows: releasedRows(asset, state, project),
      now: services.clock.now(),
      parameters: judgeParametersOf(asset, project),
    },
    signal,
  )
  return judged.results
}

async function compareDelivered(
  assets: readonly Asset[],
  states: ReadonlyMap<AssetName, AssetState>,
  session: Session,
  signal: AbortSignal,
): Promise<DeliveredComparison[]> {
  const comparisons: DeliveredComparison[] = []
  for (const asset of assets) {
    const { columns, relation } = states.get(asset.name) ?? emptyAssetState(asset.name)
    // It left the project meanwhile.
    if (relation === null) continue
    for (const spec of asset.deliver.filter(isTable)) {
      const delivery = { delivery: deliveryId(asset.name, spec), asset: asset.name }
      comparisons.push({ ...delivery, ...(await compareTable(asset, spec, columns, session, signal)) })
    }
  }
  return comparisons
}

/** A target that cannot be read must not keep the others from being looked at. */
async function compareTable(
  asset: Asset,
  spec: DeliverySpec & { kind: 'postgres' },
  columns: AssetState['columns'],
  { services }: Session,
  signal: AbortSignal,
): Promise<Pick<DeliveredComparison, 'comparison' | 'error'>> {
  try {
    const [engine, sink] = await Promise.all([services.engine(), services.sink(spec.connection)])
    const other = sink.read(spec.table, columns, signal)
    const comparison = await engine.compare({ asset: asset.name, columns, key: asset.key, other }, signal)
    return { comparison, error: null }
  } catch (error) {
    if (signal.aborted || !(error instanceof MillraceError)) throw error
    const { code, message, hint } = error
    return { comparison: null, error: { code, message, hint: hint ?? null } }
  }
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
  const records = (await store.deliveries()).filter(({ delivery }) => wanted.has(delivery))
  // What a check holds back is not for the app, however much it differs.
  const held = records.filter(({ status }) => status === 'held')
  const due = records.filter(({ status }) => status !== 'held')
  const delivered = await deliverAll(
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
  return [...delivered, ...held]
}
