import { rmdirSync } from 'node:fs'
import pg from 'pg'
import { type Clock, systemClock } from '../../../base/clock.js'
import { messageOf } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import { bringUp, type Deps } from './bring-up.js'
import { type Cluster, claimCluster, isCurrent } from './cluster.js'
import { embeddedFailed } from './failed.js'
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
  let stopping = false
  let present: Promise<Presence | null> = Promise.resolve(first)
  const watch = (presence: Presence) => {
    presence.client.once('end', () => {
      if (!stopping) present = comeBack()
    })
  }
  const comeBack = async () => {
    const presence = await revive(deps)
    if (presence) watch(presence)
    return presence
  }
  watch(first)
  const stop = async () => {
    const presence = await present
    stopping = true
    if (presence) await leave(deps, presence)
  }
  let stopped: Promise<void> | undefined
  return {
    url: (database) => socketUrl(cluster, database),
    folder: cluster.place,
    version: first.version,
    createDatabase: (name) => createDatabase(cluster, name),
    stop: () => (stopped ??= stop()),
  }
}

/**
 * The server was killed under us: starts it again, so that a retried statement finds it. Not if the home was
 * removed, or it would rise again with it.
 */
async function revive(deps: Deps): Promise<Presence | null> {
  if (!isCurrent(deps.cluster)) return null
  deps.log.warn('the embedded Postgres is gone and is started again')
  try {
    return await bringUp(deps)
  } catch (error) {
    deps.log.error({ err: error }, messageOf(error))
    return null
  }
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

async function createDatabase(cluster: Cluster, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: socketUrl(cluster, 'postgres') })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } catch (cause) {
    // Made by another process in the same moment.
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === '42P04' || code === '23505') return
    throw embeddedFailed(cluster.home, `database ${name} was not made: ${messageOf(cause)}`, cause)
  } finally {
    await client.end().catch(() => {})
  }
}
