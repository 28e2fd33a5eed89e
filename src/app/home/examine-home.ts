import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { inShell } from '../../base/in-shell.js'
import type { Finding } from '../finding.js'
import { ownEntries, type Place } from './own-entries.js'

/** Rights of the group and of others: to read or to write, and to walk through. */
const USE = 0o066
const PASS = 0o011

/** Whether another account of this machine can read or change what the project keeps. */
export async function examineHome(place: Place): Promise<Finding> {
  const open = openPaths(place)
  const { mode, uid } = statSync(place.home)
  const owner = uid === process.getuid?.() ? 'this account' : `user ${uid}`
  if (open.length === 0)
    return {
      topic: 'home',
      status: 'ok',
      detail: `nobody but ${owner} reads ${place.home} (mode ${octal(mode)})`,
      hint: '',
    }
  return {
    topic: 'home',
    status: 'warning',
    detail: `other accounts can read or change ${open.join(', ')}`,
    hint: `They hold rows, logs or secrets. As their owner or root: chmod go-rw ${open.map(inShell).join(' ')}. Where modes do not stay, keep the project on another file system.`,
  }
}

const octal = (mode: number): string => (mode & 0o777).toString(8)

/** What others can use; nothing where a folder above keeps them out. */
function openPaths(place: Place): string[] {
  const { home, warehouse } = place
  const isOutside = dirname(warehouse.path) !== home
  return [
    ...reachable(dirname(home), [home]),
    ...reachable(home, ownEntries(place)),
    ...reachable(dirname(warehouse.path), isOutside ? [warehouse.path] : []),
  ].filter((path) => allows(path, USE))
}

/** Who is in a folder's group is not asked: somebody may be. */
function reachable(folder: string, paths: string[]): string[] {
  for (let at = folder; ; at = dirname(at)) {
    if (!allows(at, PASS)) return []
    if (at === dirname(at)) return paths
  }
}

const allows = (path: string, rights: number): boolean =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & rights) !== 0
