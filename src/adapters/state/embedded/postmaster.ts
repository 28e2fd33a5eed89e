import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  fchownSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Cluster, clusterName } from './cluster.js'
import { embeddedFailed, systemCode } from './failed.js'
import type { Software } from './software.js'

/**
 * Settings of the embedded server. They come with the command line, not a file, so that a newer Millrace's apply
 * to an old cluster. `fsync` and `synchronous_commit` keep their defaults: what was acknowledged is on disk.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '128MB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  // Bulk loads write gigabytes at once; checkpoints in between would write the same pages again and again.
  max_wal_size: '2GB',
  min_wal_size: '80MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // Nobody replicates from here, and rows loaded into a table made in the same transaction then skip the WAL.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_locks_per_transaction: '256',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  // After a crash every file is made durable first: one call for the file system instead of one per file.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
}

/** Nothing of the caller's environment: a stray PGPORT or PGDATA would change the server. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const LOG_LIMIT_BYTES = 5_000_000

/** A started server and where its part of the log begins. */
export type Launch = Readonly<{ process: ChildProcess; logStart: number }>

/** Starts the server in a session of its own, so that Ctrl-C in the terminal does not reach it. */
export function launch(cluster: Cluster, software: Software): Launch {
  const log = openLog(cluster)
  const logStart = statSync(cluster.log).size
  const settings = { ...SETTINGS, cluster_name: clusterName(cluster.id) }
  try {
    const process = spawn(
      join(software.folder, 'bin', 'postgres'),
      [
        ...['-D', cluster.data, '-k', cluster.socket],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...cluster.account,
        cwd: cluster.place,
        env: SERVER_ENVIRONMENT,
        detached: true,
        stdio: ['ignore', log, log],
      },
    )
    process.unref()
    return { process, logStart }
  } finally {
    closeSync(log)
  }
}

/** The log belongs to the server's account, so that the user it may be can write it without root's help later. */
function openLog({ log: path, account, home }: Cluster): number {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats && stats.size > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`)
    const log = openSync(path, 'a', 0o600)
    if (account) fchownSync(log, account.uid, account.gid)
    return log
  } catch (cause) {
    throw embeddedFailed(home, `${path} cannot be written (${systemCode(cause)})`, cause)
  }
}

/** The last lines of the log that were written since `start`. */
export function logTail(path: string, start: number, lines = 8): string {
  const text = readFileSync(path).subarray(start).toString('utf8').trimEnd()
  return text.split('\n').slice(-lines).join('\n')
}

/** The pid in `postmaster.pid`, if that process is alive and this cluster's. */
export function postmasterPid(cluster: Cluster): number | null {
  const pid = pidInFile(cluster)
  return pid !== null && isOurs(pid, cluster) ? pid : null
}

function pidInFile({ data }: Cluster): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10)
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

/**
 * Postgres refuses to start while the pid in its file exists, even as somebody else's or as a zombie that a
 * container's first process never collects. Such a file is removed. Processes of ours that are left over are
 * still safe: Postgres finds them by its shared memory.
 */
export function dropStalePidFile(cluster: Cluster): void {
  const pid = pidInFile(cluster)
  // The pid of no process at all is Postgres' own business, and done there without a race.
  if (pid !== null && exists(pid) && !isOurs(pid, cluster))
    rmSync(join(cluster.data, 'postmaster.pid'), { force: true })
}

function isOurs(pid: number, cluster: Cluster): boolean {
  if (process.platform !== 'linux') return exists(pid)
  return commandLine(pid).includes(clusterName(cluster.id))
}

/** Empty for zombies and for processes that are gone. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Ends the processes a killed server left behind. They notice by themselves when they next wait for something,
 * which in the middle of a long statement may be minutes away; a new server cannot start before.
 */
export function endOrphans(cluster: Cluster): void {
  if (process.platform !== 'linux' || postmasterPid(cluster) !== null) return
  const family = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOurs(pid, cluster))
  // Children of a living server that is just starting are not orphans.
  for (const pid of family.filter((pid) => isBackend(pid) && !family.includes(parentOf(pid))))
    signal(pid, 'SIGKILL')
}

const isBackend = (pid: number): boolean => commandLine(pid).startsWith('postgres: ')

function parentOf(pid: number): number {
  try {
    // After the name in parentheses: state, parent.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return 0
  }
}

/** `SIGINT` is Postgres' fast shutdown: connections are cut, everything acknowledged is kept. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}
