import { rmdirSync } from 'node:fs'
import pg from 'pg'
import { type Clock, systemClock } from '../../../base/clock.js'
import { messageOf } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import { retry } from '../../../base/retry.js'
import { translated, WAIT } from '../postgres/database.js'
import { codeOf } from '../postgres/driver-error.js'
import { bringUp, type Deps } from './bring-up.js'
import { type Cluster, claimCluster, isCurrent } from './cluster.js'
import { embeddedFailed } from './failed.js'
import { noteHome } from './left-behind.js'
import { postmasterPid, signal } from './postmaster.js'
import { isAlone, type Presence, socketUrl, strangers } from './presence.js'
import { settle } from './relocate.js'

export type EmbeddedPostgres = Readonly<{
  /** URL of one of its databases, for `pg` and `psql`. */
  url(database: string): string
  /** Where the server's files are. */
  folder: string
  /** Postgres' version: `18.4`. */
  version: string
  /** Does nothing if the database is there. */
  createDatabase(name: string): Promise<void>
  /** Ends the server unless another process is connected. The caller's own connections are closed before. */
  stop(): Promise<void>
}>

/** Closed connections take a moment to go, and a server that ends too. */
const POLL_MS = 10
/** Between tries to start a killed server that does not want to come up. */
const REVIVE_MS = { first: 1_000, longest: 30_000 }

/**
 * Connects to the project's Postgres and starts it if it isn't running: the first process starts it, the others
 * join. It keeps running when its starter is killed, and is started again when it is killed itself.
 * `home` is the project's `.millrace`.
 * @throws STATE_PLATFORM_UNSUPPORTED, STATE_EMBEDDED_FAILED
 */
export async function startEmbedded(options: {
  home: string
  log: Logger
  clock?: Clock
}): Promise<EmbeddedPostgres> {
  const clock = options.clock ?? systemClock
  const cluster = settle(claimCluster(options.home), options.log)
  noteHome(cluster)
  const deps: Deps = { cluster, log: options.log, clock }
  const began = clock.monotonic()
  const presence = await bringUp(deps)
  deps.log.debug(
    { ms: Math.round(clock.monotonic() - began), place: cluster.place },
    'embedded Postgres is up',
  )
  return handle(deps, presence)
}

function handle(deps: Deps, first: Presence): EmbeddedPostgres {
  const { cluster } = deps
  const stopping = new AbortController()
  let present: Promise<Presence | null> = Promise.resolve(first)
  const watch = (presence: Presence) => {
    presence.client.once('end', () => {
      if (!stopping.signal.aborted) present = comeBack()
    })
  }
  const comeBack = async () => {
    const presence = await revive(deps, stopping.signal)
    if (presence) watch(presence)
    return presence
  }
  watch(first)
  const stop = async () => {
    stopping.abort()
    const presence = await present
    if (presence) await leave(deps, presence)
  }
  let stopped: Promise<void> | undefined
  return {
    url: (database) => socketUrl(cluster, database),
    folder: cluster.place,
    version: first.version,
    createDatabase: (name) => createDatabase(deps, name),
    stop: () => (stopped ??= stop()),
  }
}

/**
 * The server was killed under us: starts it again, so that a retried statement finds it. What keeps it down may pass,
 * a full disk for one, so it is tried for as long as this process wants it. Not if the home was removed, or it would
 * rise again with it.
 */
async function revive(deps: Deps, stopping: AbortSignal): Promise<Presence | null> {
  const { cluster, log, clock } = deps
  log.warn('the embedded Postgres is gone and is started again')
  for (
    let delayMs = REVIVE_MS.first;
    isCurrent(cluster);
    delayMs = Math.min(delayMs * 2, REVIVE_MS.longest)
  ) {
    try {
      return await bringUp(deps)
    } catch (error) {
      log.error({ err: error }, messageOf(error))
    }
    await clock.sleep(delayMs, stopping).catch(() => {})
    if (stopping.aborted) return null
  }
  return null
}

async function leave(deps: Deps, presence: Presence): Promise<void> {
  try {
    if ((await isAlone(presence)) && (await nobodyElse(deps, presence))) await end(deps)
  } catch (error) {
    // A server that broke meanwhile needs no ending.
    deps.log.debug({ err: error }, 'left a broken embedded Postgres')
  } finally {
    await presence.client.end().catch(() => {})
  }
}

/** The caller's connections were closed a moment ago, and their processes take a moment to go. */
async function nobodyElse({ clock }: Deps, presence: Presence): Promise<boolean> {
  for (let wait = 0; wait <= 20; wait++) {
    if ((await strangers(presence)) === 0) return true
    await clock.sleep(POLL_MS)
  }
  return false
}

async function end({ cluster, clock }: Deps): Promise<void> {
  const pid = postmasterPid(cluster)
  if (pid === null) return
  signal(pid, 'SIGINT')
  for (let waited = 0; waited < 30_000 && postmasterPid(cluster) === pid; waited += POLL_MS)
    await clock.sleep(POLL_MS)
  removeEmpty(cluster.socket)
}

/** Only if it is empty: the next server may already be on its way. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // In use again, or gone.
  }
}

/** Waits for a server that is being started again, as every statement on the state does. */
async function createDatabase({ cluster, clock }: Deps, name: string): Promise<void> {
  const target = `database ${name} of the embedded Postgres`
  const make = () => translated(() => createOnce(cluster, name), target)
  try {
    await retry(make, { ...WAIT, clock })
  } catch (error) {
    throw embeddedFailed(cluster.home, `database ${name} was not made: ${messageOf(error)}`, error)
  }
}

async function createOnce(cluster: Cluster, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: socketUrl(cluster, 'postgres') })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } catch (error) {
    // Made by another process in the same moment.
    if (!['42P04', '23505'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await client.end().catch(() => {})
  }
}
