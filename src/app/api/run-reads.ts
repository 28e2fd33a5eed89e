import type { CountedRun } from '../../adapters/state/history-store.js'
import type { ReleaseSummary, StateStore } from '../../adapters/state/store.js'
import type { AssetName } from '../../domain/asset.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { Project } from '../../domain/project.js'
import type { StepRecord } from '../../domain/run.js'
import { appError } from '../errors.js'
import type { LiveProject } from '../live/live.js'
import { assetNamed } from '../select.js'
import type { Session } from '../session.js'
import type { Ongoing } from './run-follower.js'
import type { RunDetail, RunFilter, RunSummary } from './shapes.js'

/** Newest first. @throws ASSET_UNKNOWN */
export async function readRuns(session: Session, filter: RunFilter): Promise<readonly RunSummary[]> {
  const store = await session.services.store()
  const asset = filter.asset === null ? null : assetNamed(session.loaded.project, filter.asset).name
  return (await store.history.runs({ ...filter, asset })).map(runSummary)
}

export const runSummary = (run: CountedRun): RunSummary => ({
  ...run,
  total: Object.values(run.steps).reduce((sum, steps) => sum + steps, 0),
})

/** @throws RUN_UNKNOWN */
export async function readRun(
  session: Session,
  live: LiveProject | null,
  ongoing: (run: number) => Ongoing | null,
  number: number,
): Promise<RunDetail> {
  const store = await session.services.store()
  const found = await store.run(number)
  if (!found) throw appError('RUN_UNKNOWN', { run: number })
  const { run } = found
  const going = run.status === 'running' ? ongoing(number) : null
  const steps = going ? inOrder([...found.steps, ...missing(found.steps, going.ended)]) : found.steps
  const running = run.status === 'running' ? (live?.running(number) ?? []) : []
  const waiting =
    going?.waiting ?? (run.status === 'running' ? await lockedBy(store, number, [...steps, ...running]) : [])
  const release = await releaseOf(store, run.release)
  const assets = [...steps, ...running].map(({ asset }) => asset)
  return {
    run,
    steps,
    running,
    waiting,
    release,
    deliveries: await deliveriesOf(store, release),
    inputs: inputsAmong(session.loaded.project, [...assets, ...waiting]),
  }
}

const inOrder = (steps: readonly StepRecord[]): StepRecord[] =>
  [...steps].sort((a, b) => a.startedAt - b.startedAt || a.asset.localeCompare(b.asset))

function missing(known: readonly StepRecord[], ended: readonly StepRecord[]): StepRecord[] {
  const names = new Set(known.map(({ asset }) => asset))
  return ended.filter(({ asset }) => !names.has(asset))
}

/** A run of another process tells nothing but the assets it holds. */
async function lockedBy(
  store: StateStore,
  run: number,
  begun: readonly { asset: AssetName }[],
): Promise<AssetName[]> {
  const known = new Set(begun.map(({ asset }) => asset))
  const locks = await store.locks()
  return locks.filter((lock) => lock.run === run && !known.has(lock.asset)).map(({ asset }) => asset)
}

async function releaseOf(store: StateStore, release: number | null): Promise<ReleaseSummary | null> {
  return release === null ? null : ((await store.history.release(release)) ?? null)
}

/** Deliveries are known as they stand now: those that carry, or still owe, what this release brought. */
async function deliveriesOf(
  store: StateStore,
  release: ReleaseSummary | null,
): Promise<readonly DeliveryRecord[]> {
  if (!release) return []
  const assets = new Set(release.assets)
  return (await store.deliveries()).filter(
    ({ asset, delivered, wanted }) =>
      assets.has(asset) && (delivered === release.release || wanted === release.release),
  )
}

function inputsAmong(
  { assets }: Project,
  names: readonly AssetName[],
): Readonly<Record<AssetName, readonly AssetName[]>> {
  const shown = new Set(names)
  return Object.fromEntries(
    assets.flatMap(({ name, inputs }) =>
      shown.has(name) ? [[name, inputs.filter((input) => shown.has(input))]] : [],
    ),
  )
}
