import { type Clock, systemClock } from '../../../base/clock.js'
import type { Logger } from '../../../base/log.js'
import type { AssetName } from '../../../domain/asset.js'
import type { StateStore } from '../store.js'
import { alertStoreOf } from './alert-store.js'
import { pruneAlerts } from './alerts.js'
import { assetStates, saveAssetStates } from './asset-states.js'
import { type Database, openDatabase } from './database.js'
import { deliveries, saveDeliveries } from './deliveries.js'
import { historyOf } from './history/history.js'
import { acquireLocks, locks, requireLocks } from './locks.js'
import { prune, statistics, thin } from './maintenance.js'
import { migrate } from './migrate.js'
import { abandonRelease, commitRelease, preparedReleases, prepareRelease, releases } from './releases.js'
import { reportStore } from './reports.js'
import { RunEnds } from './run-ends.js'
import { abandonDeadRuns, beginRun, finishRun, runRecord, runs } from './runs.js'
import { openScope, type Scope } from './scope.js'
import { Session } from './session.js'
import { latestSteps, recordSteps, stepsOfAsset, stepsOfRun, usualDurations } from './steps.js'
import { ticksOf } from './ticks.js'

export type PostgresStoreOptions = Readonly<{
  url: string
  project: string
  environment: string
  /** How others are told who holds a lock: `millrace run (pid 4242 on host)`. */
  processName: string
  log: Logger
  clock?: Clock
}>

/**
 * Opens the state in a Postgres and brings its schema up to date.
 * A pooler in front of it must keep sessions (PgBouncer: `pool_mode = session`), since locks live as long as one.
 * @throws STATE_UNREACHABLE, STATE_NEWER, STATE_MIGRATION_CHANGED, STATE_TOO_OLD, STATE_STATEMENT_FAILED
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<StateStore> {
  const clock = options.clock ?? systemClock
  const database = openDatabase(options.url, clock, options.log)
  try {
    await database.reach()
    await migrate(database)
    const scope = await openScope(database, options.project, options.environment)
    const session = new Session(options.url, database.target, clock, options.log)
    const { processName, log } = options
    return storeOf({ database, scope, session, clock, processName, log })
  } catch (error) {
    await database.close()
    throw error
  }
}

type Parts = Readonly<{
  database: Database
  scope: Scope
  session: Session
  clock: Clock
  processName: string
  log: Logger
}>

function storeOf({ database, scope, session, clock, processName, log }: Parts): StateStore {
  /** Assets each run of this process has locked. */
  const held = new Map<number, readonly AssetName[]>()
  const ends = new RunEnds({
    clock,
    log,
    write: async (run, end) => finishRun(database, scope, run, { ...end, owner: await session.owner() }),
  })
  return {
    environment: scope.environment,
    history: historyOf(database, scope, session),
    ticks: ticksOf(database, scope, session),
    alerts: alertStoreOf(database, scope),
    reports: reportStore(database, scope),

    beginRun: async (request) =>
      beginRun(database, scope, { ...request, owner: await session.owner(), process: processName }),
    recordSteps: (run, steps) => recordSteps(database, scope, run, steps),
    finishRun: (run, end) => {
      held.delete(run)
      return ends.write(run, end)
    },
    abandonDeadRuns: (at) => abandonDeadRuns(database, scope, at, session.knownOwner),
    runs: (request) => runs(database, scope, request),
    run: async (number) => {
      const run = await runRecord(database, scope, number)
      return run && { run, steps: await stepsOfRun(database, scope, number) }
    },
    steps: (asset, limit) => stepsOfAsset(database, scope, asset, limit),
    latestSteps: () => latestSteps(database, scope),
    usualDurations: () => usualDurations(database, scope),

    assetStates: (assets) => assetStates(database.query, scope, assets),
    prepareRelease: async (floor, prepare) => {
      const owner = await session.owner()
      return prepareRelease(database, scope, floor, prepare, (query, { run }) =>
        requireLocks(query, scope, { run, owner, assets: held.get(run) ?? [] }),
      )
    },
    preparedReleases: () => preparedReleases(database, scope, session.knownOwner),
    commitRelease: (release) => commitRelease(database, scope, release),
    abandonRelease: (release) => abandonRelease(database, scope, release),
    saveAssetStates: (states) => saveAssetStates(database, scope, states, session.knownOwner),
    releases: (limit) => releases(database, scope, limit),

    deliveries: () => deliveries(database, scope),
    saveDeliveries: (records) => saveDeliveries(database, scope, records),

    acquireLocks: async (run, assets) => {
      const owner = await session.owner()
      const request = { run, assets, owner, process: processName, since: clock.now() }
      const answer = await acquireLocks(database, scope, request)
      if (answer.ok) held.set(run, [...new Set([...(held.get(run) ?? []), ...assets])])
      return answer
    },
    locks: () => locks(database, scope),

    prune: async (before) => {
      await pruneAlerts(database, scope, before)
      return prune(database, scope, before)
    },
    thin: (before) => thin(database, scope, before),
    statistics: () => statistics(database, scope),
    close: async () => {
      ends.close()
      await session.close()
      await database.close()
    },
  }
}
