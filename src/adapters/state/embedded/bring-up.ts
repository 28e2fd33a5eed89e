import { existsSync } from 'node:fs'
import type { Clock } from '../../../base/clock.js'
import { unreachable } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import type { Cluster } from './cluster.js'
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
import { attach, type Presence, type Refusal, socketFile } from './presence.js'
import { findSoftware } from './software.js'

export type Deps = Readonly<{ cluster: Cluster; log: Logger; clock: Clock }>

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

/** Attaches; starts the server as often as something stands in the way that can be removed. */
export async function bringUp(deps: Deps): Promise<Presence> {
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
