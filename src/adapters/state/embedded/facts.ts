import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { knownCluster } from './cluster.js'
import { logPath } from './failed.js'
import { postmasterPid } from './postmaster.js'

/** What `doctor` tells about the embedded Postgres. Nulls: there is none yet, or it does not run. */
export type EmbeddedFacts = Readonly<{
  /** Major version that wrote the data. */
  version: string | null
  folder: string | null
  socket: string | null
  bytes: number | null
  pid: number | null
  log: string
}>

/** Looks without starting anything. */
export function embeddedFacts(home: string): EmbeddedFacts {
  const cluster = knownCluster(home)
  const log = logPath(home)
  if (cluster === null) return { version: null, folder: null, socket: null, bytes: null, pid: null, log }
  const version = join(cluster.data, 'PG_VERSION')
  return {
    version: existsSync(version) ? readFileSync(version, 'utf8').trim() : null,
    folder: cluster.place,
    socket: cluster.socket,
    bytes: existsSync(cluster.place) ? folderBytes(cluster.place) : null,
    pid: postmasterPid(cluster),
    log,
  }
}

/** Bytes on disk; what a running server removes meanwhile counts nothing. */
function folderBytes(folder: string): number {
  let bytes = 0
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    bytes += entry.isDirectory() ? folderBytes(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  }
  return bytes
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
