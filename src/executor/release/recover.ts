import type { Engine } from '../../adapters/engines/engine.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/log.js'

/** Runs, metrics and check results older than this are forgotten; releases stay. */
const HISTORY_MS = 180 * 86_400_000

/**
 * Puts state and warehouse in step after a crash, before anything else happens. The warehouse's ledger decides:
 * a prepared release it has is made current, one it lacks is given up. Then the leftovers of dead runs go.
 * Returns the highest release number the warehouse knows, so that a state that was lost never reuses one.
 */
export async function recover(deps: {
  engine: Engine
  store: StateStore
  clock: Clock
  log: Logger
}): Promise<number> {
  const { engine, store, log } = deps
  const ledger = await engine.ledger()
  const visible = new Set(ledger.map(({ release }) => release))
  for (const { release, run } of await store.preparedReleases()) {
    if (visible.has(release)) await store.commitRelease(release)
    else await store.abandonRelease(release)
    log.info(
      { release, run, visible: visible.has(release) },
      'a release was cut off by a crash; settled from the ledger',
    )
  }
  for (const { run } of await store.abandonDeadRuns(deps.clock.now()))
    log.info({ run }, 'run abandoned: its process is gone')
  await store.prune(deps.clock.now() - HISTORY_MS)
  await engine.sweep(await relationsInUse(store))
  return Math.max(0, ...visible)
}

/** Released tables, and held candidates that somebody may want to look at. */
async function relationsInUse(store: StateStore): Promise<ReadonlySet<string>> {
  const states = await store.assetStates()
  const steps = await store.latestSteps()
  return new Set([
    ...[...states.values()].flatMap(({ relation }) => relation ?? []),
    ...steps.flatMap(({ status, candidate }) => (status === 'held' && candidate ? [candidate] : [])),
  ])
}
