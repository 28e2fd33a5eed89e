import type { Engine } from '../../adapters/engines/engine.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/log.js'
import { type AssetState, emptyAssetState } from '../../domain/asset-state.js'

/** The highest numbers in the warehouse's ledger; 0 where it is empty. */
export type Floor = Readonly<{ release: number; run: number }>

/** Runs, metrics and check results older than this are forgotten; releases stay. */
const HISTORY_MS = 180 * 86_400_000
/** So long a run is kept in which nothing was new: a schedule by the second makes 86,400 a day. */
const QUIET_MS = 3_600_000

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
  const { engine, store, clock, log } = deps
  await settlePrepared(deps)
  for (const { run } of await store.abandonDeadRuns(clock.now()))
    log.info({ run }, 'run abandoned: its process is gone')
  await store.prune(clock.now() - HISTORY_MS)
  await store.thin(clock.now() - QUIET_MS)
  const highest = await engine.highest()
  const states = await knownStates(deps, highest.release)
  await engine.sweep(await relationsInUse(states, store))
  return highest
}

/**
 * The states but for assets whose newest release the warehouse does not have: its file was removed, or an older copy put
 * in its place. Nothing that the state knows of their rows is true any more, so it is forgotten and they are built anew.
 */
async function knownStates(
  { store, log }: { store: StateStore; log: Logger },
  newest: number,
): Promise<readonly AssetState[]> {
  const states = [...(await store.assetStates()).values()]
  const lost = states.filter(({ release }) => release > newest).map(({ asset }) => asset)
  if (lost.length === 0) return states
  await store.saveAssetStates(lost.map(emptyAssetState))
  log.warn({ assets: lost, newest }, 'the warehouse lacks releases that the state knows; they are built anew')
  return states.filter(({ release }) => release <= newest)
}

async function settlePrepared({ engine, store, log }: { engine: Engine; store: StateStore; log: Logger }) {
  const prepared = await store.preparedReleases()
  const [oldest] = prepared
  if (!oldest) return
  // Only as far back as need be: a schedule by the second makes a long ledger.
  const visible = new Set((await engine.ledger(oldest.release - 1)).map(({ release }) => release))
  for (const { release, run } of prepared) {
    if (visible.has(release)) await store.commitRelease(release)
    else await store.abandonRelease(release)
    log.info(
      { release, run, visible: visible.has(release) },
      'a release was cut off by a crash; settled from the ledger',
    )
  }
}

/** Released tables, and held candidates that somebody may want to look at. */
async function relationsInUse(
  states: readonly AssetState[],
  store: StateStore,
): Promise<ReadonlySet<string>> {
  const steps = await store.latestSteps()
  return new Set([
    ...states.flatMap(({ relation }) => relation ?? []),
    ...steps.flatMap(({ status, candidate }) => (status === 'held' && candidate ? [candidate] : [])),
  ])
}
