import { createHash } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, canEnter, isRoot, serverAccount } from './account.js'
import { embeddedFailed } from './failed.js'

/**
 * Below the home where the server's account can get there and own files there; a clone under `/root`, in a
 * private temporary folder or on a mount without owners is none of that, and gets a place outside.
 */
export function choosePlace(home: string, id: string): string {
  const account = serverAccount(join(home, 'postgres'))
  if (account === null) return 'postgres'
  if (canEnter(home, account) && makeOwned(join(home, 'postgres'), account)) return 'postgres'
  const place = join(sharedFolder(), `${homeHash(home)}-${id}`)
  if (!makeOwned(place, account))
    throw embeddedFailed(home, `no folder that user ${account.uid} may own was found`)
  return place
}

const homeHash = (home: string): string => createHash('sha256').update(home).digest('hex').slice(0, 16)

export function makeOwned(folder: string, account: Account): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chownSync(folder, account.uid, account.gid)
    chmodSync(folder, 0o700)
    return statSync(folder).uid === account.uid
  } catch {
    return false
  }
}

const ROOTS_FOLDERS = ['/var/lib/millrace', join('/tmp', 'millrace-shared')]

/** Those of root's folders that are there, and root's indeed. */
export const rootsFolders = (): readonly string[] =>
  ROOTS_FOLDERS.filter((folder) => statSync(folder, { throwIfNoEntry: false })?.uid === 0)

/** Where root keeps what the server's account must reach: programs shared by all clones, and data. */
export function sharedFolder(): string {
  const folders = isRoot() ? ROOTS_FOLDERS : [privateFolder()]
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      const stats = statSync(folder)
      if (stats.uid !== process.getuid?.()) continue
      if (isRoot()) chmodSync(folder, 0o755)
      if (isRoot() && !canEnter(folder, serverAccount(folder))) continue
      return folder
    } catch {
      // Read-only or forbidden: the next one.
    }
  }
  throw embeddedFailed('', `none of ${folders.join(', ')} can be used by the server`)
}

const privateFolder = (): string => join(tmpdir(), `millrace-shared-${process.getuid?.() ?? 0}`)

/**
 * A socket's path has room for about 100 bytes, and projects may lie deep, so it gets a short folder. Postgres takes
 * a list of such folders, so the path has no comma or quote either.
 */
export function chooseSocket(id: string): string {
  const name = `millrace-${id}`
  const fits = /^[\w/.+-]{1,60}$/.test(tmpdir())
  const reachable = canEnter(tmpdir(), serverAccount(tmpdir()))
  return join(fits && reachable ? tmpdir() : '/tmp', name)
}
