import type { Engine, LedgerEntry } from '../../adapters/engines/engine.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/log.js'

/** The highest numbers in the warehouse's ledger; 0 where it is empty. */
export type Floor = Readonly<{ release: number; run: number }>

/** Runs, metrics and check results older than this are forgotten; releases stay. */
const HISTORY_MS = 180 * 86_400_000

/**
 * Puts state and warehouse in step after a crash, before anything else happens. The warehouse's ledger decides:
 * a prepared release it has is made current, one it lacks is given up. Then the leftovers of dead runs go.
 * Returns the highest numbers the warehouse knows: physical tables are named after runs, so a state that was lost
 * must never use one again.
 */
export async function recover(deps: {
  engine: Engine
  store: StateStore
  clock: Clock
  log: Logger
}): Promise<Floor> {
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
  await engine.sweep(await relationsInUse(store, ledger))
  return { release: Math.max(0, ...visible), run: Math.max(0, ...ledger.map(({ run }) => run)) }
}

/**
 * Released tables, and held candidates that somebody may want to look at. A state without any release beside a
 * warehouse with some was lost: readers keep what they see until the next release.
 */
async function relationsInUse(
  store: StateStore,
  ledger: readonly LedgerEntry[],
): Promise<ReadonlySet<string>> {
  const states = await store.assetStates()
  const steps = await store.latestSteps()
  const isLost = [...states.values()].every(({ relation }) => relation === null)
  return new Set([
    ...[...states.values()].flatMap(({ relation }) => relation ?? []),
    ...steps.flatMap(({ status, candidate }) => (status === 'held' && candidate ? [candidate] : [])),
    ...(isLost ? ledger.flatMap(({ relations }) => relations.map(({ relation }) => relation)) : []),
  ])
}
