import { chownSync, lchownSync, readdirSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The user and group a server process runs as. */
export type Account = Readonly<{ uid: number; gid: number }>

/** Postgres refuses to run as root, so root lends it the account that owns nothing else ("nobody"). */
const NOBODY: Account = { uid: 65534, gid: 65534 }

export const isRoot = (): boolean => process.getuid?.() === 0

/**
 * Whom the server on `folder` runs as; null means as ourselves. A folder that an ordinary user made earlier
 * keeps running as that user when root comes along.
 */
export function serverAccount(folder: string): Account | null {
  if (!isRoot()) return null
  const owner = statSync(folder, { throwIfNoEntry: false })
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY
}

/** Whether `account` may walk into `folder`, judged by the modes of it and of everything above it. */
export function canEnter(folder: string, account: Account | null): boolean {
  if (account === null) return true
  for (let path = folder; ; path = dirname(path)) {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats && !allows(stats, account, 0o1)) return false
    if (path === dirname(path)) return true
  }
}

/** `bit` is the execute (1), write (2) or read (4) bit of the class the account falls into. */
export function allows(stats: Stats, account: Account, bit: number): boolean {
  if (stats.uid === account.uid) return (stats.mode & (bit << 6)) !== 0
  if (stats.gid === account.gid) return (stats.mode & (bit << 3)) !== 0
  return (stats.mode & bit) !== 0
}

/** Gives `folder` and everything in it to `account`. A project copied by root arrives as root's own. */
export function giveTo(folder: string, account: Account | null): void {
  if (account === null) return
  chownSync(folder, account.uid, account.gid)
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, entry), account.uid, account.gid)
}
