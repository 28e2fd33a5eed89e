import { setImmediate } from 'node:timers/promises'
import type { LookMark } from '../../adapters/state/alert-store.js'
import type { StateStore } from '../../adapters/state/store.js'
import { localHours } from '../../detect/calendar-slots.js'
import { type Asset, type AssetName, deliveryId } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { StepRecord } from '../../domain/run.js'
import type { Habit, Look, Measured, WatchedAsset, WatchedDelivery } from '../../watch/look.js'
import type { Session } from '../session.js'
import { FIRST_MOMENTS, type Habits } from './habits.js'
import type { Slowdowns } from './slowdowns.js'
import { turnedChecks } from './turned-checks.js'
import { WATCHED_METRICS, type WatchMemory } from './watch-memory.js'

/** What a watch keeps between its looks. `firstSteps`: of an asset that it knows nothing of yet, to learn from. */
export type Remembered = Readonly<{
  memory: WatchMemory
  habits: Habits
  slowdowns: Slowdowns
  firstSteps: number
}>

export type Circumstances = Pick<Look, 'ticks' | 'broken' | 'reports'>

type Step = StepRecord & { run: number }

/** Reads the state once and puts together what the rules see. `run`: it and all before it have been looked at. */
export async function gatherLook(
  session: Session,
  now: number,
  mark: LookMark,
  remembered: Remembered,
  circumstances: Circumstances,
): Promise<{ look: Look; run: number }> {
  const { project } = session.loaded
  const { memory, habits, slowdowns } = remembered
  const store = await session.services.store()
  // Asked first: a run that ends while the rest is read is looked at again.
  const going = await store.history.runsGoingOn()
  const [steps, states, deliveries] = await Promise.all([
    store.latestSteps(),
    store.assetStates(),
    store.deliveries(),
  ])
  const names = new Set(project.assets.map(({ name }) => name))
  const latest = new Map(steps.filter(({ asset }) => names.has(asset)).map((step) => [step.asset, step]))
  memory.keepOnly(names)
  slowdowns.keepOnly(names)
  const fresh = [...latest.values()].filter(({ run, status }) => run > mark.run && status === 'released')
  const look: Look = {
    now,
    timezone: project.timezone,
    assets: project.assets.map(watchedAsset),
    latest,
    released: releasedOf(states, names),
    measured: await measure(store, fresh, remembered, project.timezone),
    turned: await turned(store, fresh),
    habits: await habitsOf(store, { assets: project.assets, states }, habits, project.timezone),
    slowdowns: await slowdowns.ask(store.alerts, fresh, now),
    deliveries: deliveries.flatMap((record) => watchedDelivery(record, project.assets, states, now)),
    ...circumstances,
  }
  return { look, run: Math.max(mark.run, lookedTo(steps, going)) }
}

/** Runs end in another order than they began: what comes after one that goes on is looked at again. */
function lookedTo(steps: readonly Step[], going: readonly { run: number }[]): number {
  const newest = Math.max(0, ...steps.map(({ run }) => run))
  return Math.min(newest, ...going.map(({ run }) => run - 1))
}

const watchedAsset = ({ name, inputs, body, budget, deliver }: Asset): WatchedAsset => ({
  name,
  inputs,
  connection: body.kind === 'source' ? body.source.connection : null,
  budgetMs: budget.durationMs ?? null,
  targets: deliver.map((spec) => (spec.kind === 'postgres' ? spec.table : spec.path)),
})

const releasedOf = (states: ReadonlyMap<AssetName, AssetState>, names: ReadonlySet<AssetName>) =>
  new Map(
    [...states.values()]
      .filter(({ asset, release }) => release > 0 && names.has(asset))
      .map(({ asset, release, releasedAt }) => [asset, { release, at: releasedAt }]),
  )

async function measure(
  store: StateStore,
  fresh: readonly Step[],
  { memory, firstSteps }: Remembered,
  timezone: string,
): Promise<Map<AssetName, readonly Measured[]>> {
  const series = await store.alerts.measured({
    after: new Map(fresh.map(({ asset }) => [asset, memory.learnedTo(asset)])),
    metrics: WATCHED_METRICS,
    limit: firstSteps,
  })
  const found = new Map<AssetName, readonly Measured[]>()
  for (const { asset, run } of fresh) {
    const measured = memory.learn(asset, series.get(asset) ?? [], timezone)
    found.set(
      asset,
      measured.filter((value) => value.run === run),
    )
    // Learning a long history takes a while, and a server has others to answer.
    await setImmediate()
  }
  return found
}

async function turned(store: StateStore, fresh: readonly Step[]): Promise<Map<AssetName, readonly string[]>> {
  const found = new Map<AssetName, readonly string[]>()
  for (const step of fresh) {
    const names = await turnedChecks(store.history, step)
    if (names.length > 0) found.set(step.asset, names)
  }
  return found
}

/** Read once for each asset; from then on its releases are seen as they come. */
async function habitsOf(
  store: StateStore,
  { assets, states }: { assets: readonly Asset[]; states: ReadonlyMap<AssetName, AssetState> },
  habits: Habits,
  timezone: string,
): Promise<Map<AssetName, Habit>> {
  // Views have no rows of their own that could stay away.
  const names = assets
    .filter(({ name, materialize }) => materialize !== 'view' && (states.get(name)?.release ?? 0) > 0)
    .map(({ name }) => name)
  const unknown = names.filter((name) => !habits.knows(name))
  const moments = await store.alerts.releaseMoments(unknown, FIRST_MOMENTS)
  const localHour = localHours(timezone)
  for (const name of names)
    habits.learn(name, [...(moments.get(name) ?? []), states.get(name)?.releasedAt ?? 0], localHour)
  return new Map(
    names.flatMap((name) => {
      const habit = habits.habitOf(name)
      return habit ? [[name, habit] as const] : []
    }),
  )
}

/** Deliveries that left the project are nobody's trouble. What waits has waited since the release it should show. */
function watchedDelivery(
  record: DeliveryRecord,
  assets: readonly Asset[],
  states: ReadonlyMap<AssetName, AssetState>,
  now: number,
): WatchedDelivery[] {
  const asset = assets.find(({ name }) => name === record.asset)
  if (!asset?.deliver.some((spec) => deliveryId(asset.name, spec) === record.delivery)) return []
  return [{ ...record, since: states.get(record.asset)?.releasedAt ?? now }]
}
