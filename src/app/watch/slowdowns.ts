import type { AlertStore, StepSample } from '../../adapters/state/alert-store.js'
import { type Cost, findSlowdown, type Slowdown } from '../../detect/slowdown.js'
import { ALERT_STATES } from '../../domain/alert.js'
import type { AssetName } from '../../domain/asset.js'
import { slowdownKey } from '../../watch/rules/slowdown-rules.js'

/** Steps read of an asset's whole history: five a day of half a year. */
const SAMPLES = 910
/** What creeps changes little within hours. */
const AGAIN_AFTER_MS = 6 * 60 * 60_000
const ALERTS_READ = 100

/** When each asset was last compared with its own past, and what came of it. */
export interface Slowdowns {
  /**
   * What is known of each asset; of `ran`, those that took longest are looked at anew where their turn has come.
   * Null: nothing crept up. Assets that were never looked at are missing.
   */
  ask(
    alerts: AlertStore,
    ran: readonly Readonly<{ asset: AssetName; durationMs: number }>[],
    now: number,
  ): Promise<ReadonlyMap<AssetName, Slowdown | null>>
  keepOnly(assets: ReadonlySet<AssetName>): void
}

/** `most`: assets that one look reads the history of. */
export function createSlowdowns(most: number): Slowdowns {
  const known = new Map<AssetName, { at: number; found: Slowdown | null }>()
  return {
    ask: async (alerts, ran, now) => {
      const due = ran
        // A clock that was put back makes nobody wait.
        .filter(
          ({ asset }) => Math.abs(now - (known.get(asset)?.at ?? Number.NEGATIVE_INFINITY)) >= AGAIN_AFTER_MS,
        )
        .sort((a, b) => b.durationMs - a.durationMs)
        .slice(0, most)
        .map(({ asset }) => asset)
      const samples = await alerts.stepSamples(due, SAMPLES)
      for (const asset of due)
        known.set(asset, { at: now, found: await slowdownOf(asset, samples.get(asset) ?? [], alerts) })
      return new Map([...known].map(([asset, { found }]) => [asset, found]))
    },
    keepOnly: (names) => {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name)
    },
  }
}

async function slowdownOf(
  asset: AssetName,
  samples: readonly StepSample[],
  alerts: AlertStore,
): Promise<Slowdown | null> {
  const costs = samples.map(({ at, durationMs, rows }): Cost => ({ at, value: durationMs, size: rows }))
  // What was told before can only make it less.
  if (!findSlowdown(costs, { told: [], isTold: true })) return null
  const before = await alerts.alerts({ states: ALERT_STATES, asset, limit: ALERTS_READ })
  const told = before.filter(
    ({ kind, firedAt }) => (kind === 'slow' || kind === 'budget') && firedAt !== null,
  )
  const key = slowdownKey(asset)
  return findSlowdown(costs, {
    told: told.filter((alert) => alert.key !== key).map(({ since }) => since),
    isTold: told.some((alert) => alert.key === key && alert.state !== 'resolved'),
  })
}
