import { existsSync, rmdirSync } from 'node:fs'
import pg from 'pg'
import { type Clock, systemClock } from '../../../base/clock.js'
import { messageOf, unreachable } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import { type Cluster, claimCluster } from './cluster.js'
import { embeddedFailed } from './failed.js'
import { initialise } from './initialise.js'
import { makeOwned, sharedFolder } from './place.js'
import {
  dropStalePidFile,
  endOrphans,
  type Launch,
  launch,
  logTail,
  postmasterPid,
  signal,
} from './postmaster.js'
import { attach, isAlone, type Presence, type Refusal, socketFile, socketUrl, strangers } from './presence.js'
import { settle } from './relocate.js'
import { findSoftware } from './software.js'

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

type Deps = Readonly<{ cluster: Cluster; log: Logger; clock: Clock }>

/**
 * How long each refusal is waited out. Leftovers of a killed server may stand in the way for seconds; recovery
 * after a crash reads up to 2 GB of log.
 */
const PATIENCE_MS: Readonly<Record<Refusal, number>> = { absent: 15_000, crowded: 15_000, busy: 180_000 }
/** After this a living server without a socket is deaf, not slow. */
const DEAF_MS = 3_000
const POLL_MS = 10
/** A server, or what is left of one, is in the data folder; or one that ends took the socket's folder with it. */
const OBSTACLE = /lock file .* already exists|still in use|could not create lock file .* No such file/

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
  const presence = await join(deps)
  deps.log.debug(
    { ms: Math.round(clock.monotonic() - began), place: cluster.place },
    'embedded Postgres is up',
  )
  return handle(deps, presence)
}

/** Attaches; starts the server as often as something stands in the way that can be removed. */
async function join(deps: Deps): Promise<Presence> {
  const { cluster, clock } = deps
  let began = clock.monotonic()
  let obstacle = 'it does not listen'
  for (;;) {
    const answer = await attach(cluster)
    if (typeof answer !== 'string') return answer
    const waited = clock.monotonic() - began
    if (waited > PATIENCE_MS[answer]) throw embeddedFailed(cluster.home, explain(answer, obstacle))
    if (answer === 'absent' && postmasterPid(cluster) === null) {
      const found = await tryStart(deps)
      if (found === null) began = clock.monotonic()
      else obstacle = found
    } else if (answer === 'absent') endDeaf(deps, waited)
    await clock.sleep(POLL_MS)
  }
}

function explain(refusal: Refusal, obstacle: string): string {
  switch (refusal) {
    case 'absent':
      return obstacle
    case 'busy':
      return `it is not ready after ${PATIENCE_MS.busy / 1000} s`
    case 'crowded':
      return 'all of its connections are in use'
    default:
      return unreachable(refusal)
  }
}

/** A living server without its socket: somebody emptied the folder for temporary files. */
function endDeaf({ cluster, log }: Deps, waited: number): void {
  const pid = postmasterPid(cluster)
  if (waited < DEAF_MS || pid === null || existsSync(socketFile(cluster))) return
  log.warn({ pid }, 'the embedded Postgres lost its socket and is started again')
  signal(pid, 'SIGINT')
}

/**
 * Starts the server and waits until it listens. Returns what stood in its way if trying again may help.
 * @throws STATE_EMBEDDED_FAILED if it ended for another reason.
 */
async function tryStart(deps: Deps): Promise<string | null> {
  const { cluster, clock, log } = deps
  const software = await findSoftware(cluster.account, sharedFolder)
  await initialise(cluster, software, clock.now())
  makeOwned(cluster.socket, cluster.account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  dropStalePidFile(cluster)
  const started = launch(cluster, software)
  const end = await Promise.race([ended(started), listening(deps, started)])
  if (end === null) return null
  const tail = logTail(cluster.log, started.logStart)
  if (!OBSTACLE.test(tail)) throw embeddedFailed(cluster.home, tail || end)
  log.debug({ detail: tail }, 'something is in the way of the embedded Postgres')
  endOrphans(cluster)
  return tail
}

/** Why the process ended. */
function ended({ process }: Launch): Promise<string> {
  return new Promise((resolve) => {
    process.once('error', (error) => resolve(error.message))
    process.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`))
  })
}

async function listening({ cluster, clock }: Deps, { process }: Launch): Promise<null> {
  while (process.exitCode === null && process.signalCode === null && process.pid !== undefined) {
    if (existsSync(socketFile(cluster)) && postmasterPid(cluster) === process.pid) return null
    await clock.sleep(POLL_MS)
  }
  // It ended; the other side of the race tells why.
  return new Promise(() => {})
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

/** The server was killed under us: starts it again, so that a retried statement finds it. */
async function revive(deps: Deps): Promise<Presence | null> {
  deps.log.warn('the embedded Postgres is gone and is started again')
  try {
    return await join(deps)
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
