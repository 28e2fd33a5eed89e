import { cpSync, existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import { canEnter, giveTo } from './account.js'
import { type Cluster, clusterOf, newIdentity, readIdentity, replaceIdentity } from './cluster.js'
import { embeddedFailed, systemCode } from './failed.js'
import { choosePlace } from './place.js'
import { postmasterPid } from './postmaster.js'

/**
 * Puts the cluster right when the project's folder is not where it was: moved (same data, new address), copied
 * (a copy of the data, an id of its own), or no longer open to the server's account (the data moves out).
 */
export function settle(cluster: Cluster, log: Logger): Cluster {
  const identity = readIdentity(cluster.home)
  if (identity === null) return cluster
  if (identity.home !== cluster.home) {
    if (isCopy(cluster, identity.home)) return becomeCopy(cluster, log)
    replaceIdentity(cluster.home, { ...identity, home: cluster.home })
  }
  return existsSync(cluster.data) ? moveOut(cluster, log) : cluster
}

/**
 * The folder the identity speaks of still holds the same identity, and is another folder. One that may not be looked
 * into is another account's, and may well be in use.
 */
function isCopy(cluster: Cluster, otherHome: string): boolean {
  try {
    const [other, own] = [statSync(otherHome), statSync(cluster.home)]
    if (other.dev === own.dev && other.ino === own.ino) return false
    return readIdentity(otherHome)?.id === cluster.id
  } catch (error) {
    const code = systemCode(error instanceof MillraceError ? error.cause : error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    if (code === 'EACCES') return true
    throw error
  }
}

function becomeCopy(cluster: Cluster, log: Logger): Cluster {
  const inside = isInside(cluster)
  const pid = inside ? null : postmasterPid(cluster)
  if (pid !== null)
    throw embeddedFailed(
      cluster.home,
      `this project is a copy of one whose Postgres is running (pid ${pid}); stop that one first`,
    )
  const identity = newIdentity(cluster.home)
  const copy = clusterOf(cluster.home, identity)
  if (copy.place !== cluster.place && existsSync(cluster.data)) copyData(cluster, copy)
  // A copy of a running server's file names that server's process.
  rmSync(join(copy.data, 'postmaster.pid'), { force: true })
  replaceIdentity(cluster.home, identity)
  log.info({ place: copy.place }, 'the project is a copy; its state is its own from here on')
  return clusterOf(cluster.home, identity)
}

const isInside = (cluster: Cluster): boolean => cluster.place === join(cluster.home, 'postgres')

function copyData(from: Cluster, to: Cluster): void {
  cpSync(from.data, to.data, { recursive: true, verbatimSymlinks: true })
  giveTo(to.place, to.account)
}

/** Data below a home that the server's account can no longer enter. */
function moveOut(cluster: Cluster, log: Logger): Cluster {
  if (!isInside(cluster) || canEnter(cluster.home, cluster.account) || postmasterPid(cluster) !== null)
    return cluster
  const identity = readIdentity(cluster.home)
  if (identity === null) return cluster
  const moved = { ...identity, place: choosePlace(cluster.home, cluster.id) }
  const target = clusterOf(cluster.home, moved)
  copyData(cluster, target)
  replaceIdentity(cluster.home, moved)
  rmSync(cluster.place, { recursive: true, force: true })
  log.info({ place: target.place }, 'the state moved to a folder its server can enter')
  return clusterOf(cluster.home, moved)
}
