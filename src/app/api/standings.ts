import type { Judgement, LatestStep, ReleasedAsset } from '../../adapters/state/history-store.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { Asset, AssetName } from '../../domain/asset.js'
import type { Schedule } from '../../domain/schedule.js'
import type { Session } from '../session.js'
import { type Evidence, type Standing, standingOf } from './health.js'
import { type Ticks, ticksAround } from './ticks.js'

/** One asset as pages see it: what is declared, what readers see, how its latest step ended. */
export type AssetStanding = Standing &
  Readonly<{
    asset: Asset
    released: ReleasedAsset | null
    latest: LatestStep | null
    schedule: Schedule
    nextTick: number | null
  }>

/** How `named` stand at one moment, in that order. `durations: 'scheduled'`: only where lateness depends on them. */
export async function readStandings(
  { loaded: { project }, services }: Session,
  named: readonly Asset[],
  durations: 'all' | 'scheduled',
): Promise<readonly AssetStanding[]> {
  const store = await services.store()
  const now = services.clock.now()
  const names = named.map(({ name }) => name)
  const scheduled = named.flatMap(({ name, schedule }) => (schedule.kind === 'cron' ? [name] : []))
  const [released, latest, freshness] = await Promise.all([
    store.history.released(names),
    store.history.latest(names, durations === 'all' ? names : scheduled),
    readFreshness(store, named),
  ])
  const ticks = ticksAround(now, project.timezone)
  return named.map((asset) => {
    const known = {
      released: released.get(asset.name) ?? null,
      latest: latest.get(asset.name) ?? null,
      judged: freshness.get(asset.name) ?? [],
    }
    return standing(asset, known, ticks, now)
  })
}

type Known = Readonly<{
  released: ReleasedAsset | null
  latest: LatestStep | null
  judged: readonly Judgement[]
}>

function standing(
  asset: Asset,
  { released, latest, judged }: Known,
  ticks: Ticks,
  now: number,
): AssetStanding {
  const schedule = asset.schedule
  const evidence: Evidence = { released, latest, schedule, freshness: worstFreshness(asset, judged, now) }
  return {
    asset,
    released,
    latest,
    schedule,
    nextTick: ticks.next(schedule),
    ...standingOf(evidence, ticks, now),
  }
}

async function readFreshness(
  store: StateStore,
  assets: readonly Asset[],
): Promise<ReadonlyMap<AssetName, readonly Judgement[]>> {
  const promised = assets.filter(({ checks }) => checks.some(({ kind }) => kind === 'freshness'))
  const judged = await store.history.freshness(promised.map(({ name }) => name))
  const byAsset = new Map<AssetName, Judgement[]>()
  for (const one of judged) byAsset.set(one.asset, [...(byAsset.get(one.asset) ?? []), one])
  return byAsset
}

/** Rows have grown older since they were judged. */
function worstFreshness(asset: Asset, judged: readonly Judgement[], now: number): Evidence['freshness'] {
  const worst = asset.checks.flatMap((check) => {
    if (check.kind !== 'freshness') return []
    const last = judged.find((result) => result.check === check.name)
    if (last?.value == null || !Number.isFinite(last.value)) return []
    return [{ check: check.name, ageMs: last.value + (now - last.at), maxAgeMs: check.maxAgeMs }]
  })
  return worst.sort((a, b) => b.ageMs - b.maxAgeMs - (a.ageMs - a.maxAgeMs))[0] ?? null
}
