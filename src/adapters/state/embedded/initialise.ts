import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../../../base/errors.js'
import { stateError } from '../errors.js'
import { giveTo } from './account.js'
import type { Cluster } from './cluster.js'
import { embeddedFailed } from './failed.js'
import { makeOwned } from './place.js'
import { SERVER_ENVIRONMENT } from './postmaster.js'
import { platformName, type Software } from './software.js'

const run = promisify(execFile)

/** Drafts older than this belong to nobody who is still at work. */
const DRAFT_LIFETIME_MS = 10 * 60_000

/**
 * Makes the data folder if there is none. `initdb` works in a draft that is renamed when it is whole: one that
 * was killed in the middle leaves no half-made cluster, and of two processes one draft wins.
 * @throws STATE_EMBEDDED_FAILED if the data was written by another major version.
 */
export async function initialise(cluster: Cluster, software: Software, now: number): Promise<void> {
  makePlace(cluster)
  sweepDrafts(cluster, now)
  if (existsSync(join(cluster.data, 'PG_VERSION'))) return adopt(cluster, software)
  const draft = `${cluster.data}.new-${randomBytes(6).toString('hex')}`
  await initdb(cluster, software, draft)
  try {
    renameSync(draft, cluster.data)
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(join(cluster.data, 'PG_VERSION')))
      throw embeddedFailed(cluster.home, `${cluster.data} is in the way: ${messageOf(cause)}`, cause)
  }
}

function makePlace({ place, account, home }: Cluster): void {
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const stats = statSync(place, { throwIfNoEntry: false })
  if (stats && account === null && stats.uid !== self.uid)
    throw embeddedFailed(home, `${place} belongs to user ${stats.uid}, and this process runs as ${self.uid}`)
  if (stats) return
  const made = makeOwned(place, account ?? self)
  if (!made) throw embeddedFailed(home, `${place} cannot be made for the server's account`)
}

async function initdb(cluster: Cluster, software: Software, draft: string): Promise<void> {
  const settings = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions']
  const collation = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  // One call for the whole file system is four times as fast as one per file.
  const sync = process.platform === 'linux' ? ['--sync-method=syncfs'] : []
  try {
    await run(
      join(software.folder, 'bin', 'initdb'),
      ['-D', draft, '-U', 'postgres', ...settings, ...collation, ...sync],
      { ...cluster.account, cwd: cluster.place, env: SERVER_ENVIRONMENT, timeout: 120_000 },
    )
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    throw initdbFailed(cluster, software, cause)
  }
}

function initdbFailed(cluster: Cluster, software: Software, cause: unknown) {
  const program = join(software.folder, 'bin', 'initdb')
  // A program that is there but "not found" misses its loader: a Linux with another C library.
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' && existsSync(program))
    return stateError(
      'STATE_PLATFORM_UNSUPPORTED',
      { platform: `${platformName()} without glibc` },
      { cause },
    )
  const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
  // A container told to run as a bare number: initdb insists on a name for it.
  const detail = /could not look up effective user ID (\d+)/.exec(stderr)
  if (detail) return embeddedFailed(cluster.home, `user ${detail[1]} has no name in /etc/passwd`, cause)
  return embeddedFailed(cluster.home, stderr || messageOf(cause), cause)
}

/** Checks a data folder that was found, and makes it the server's own where a copy by root changed its owner. */
function adopt(cluster: Cluster, software: Software): void {
  const written = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim()
  const [ours] = software.version.split('.')
  if (written !== ours)
    throw embeddedFailed(
      cluster.home,
      `${cluster.data} was written by Postgres ${written}, this Millrace brings ${ours}`,
    )
  if (cluster.account && statSync(cluster.data).uid !== cluster.account.uid)
    giveTo(cluster.place, cluster.account)
}

function sweepDrafts({ data, place }: Cluster, now: number): void {
  for (const name of readdirSync(place).filter((name) => name.startsWith(`${basename(data)}.new-`))) {
    const draft = join(dirname(data), name)
    const stats = statSync(draft, { throwIfNoEntry: false })
    if (stats && now - stats.mtimeMs > DRAFT_LIFETIME_MS) rmSync(draft, { recursive: true, force: true })
  }
}
