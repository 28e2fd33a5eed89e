import { readFileSync } from 'node:fs'
import { env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { changedShared, type SharedState, sharedState } from './shared-objects.js'

/** A process as it is before an author's code runs, to be compared with what that leaves behind. */
export type Baseline = Readonly<{
  cwd: string
  env: string
  shared: SharedState
  listeners: string
  resources: ReadonlyMap<string, number>
  threads: number
  umask: number
  writes: readonly unknown[]
}>

/** Threads that run now. Node tells of each as it is made; what is `unref`ed shows nowhere else. */
const threads = new Set<Worker>()
process.on('worker', (thread) => {
  threads.add(thread)
  thread.once('exit', () => threads.delete(thread))
})

export function takeBaseline(): Baseline {
  return {
    cwd: process.cwd(),
    env: environment(),
    shared: sharedState(),
    listeners: listeners(),
    resources: resources(),
    threads: threads.size,
    umask: process.umask(),
    writes: writes(),
  }
}

const writes = () => [process.stdout.write, process.stderr.write]

const GRACE_MS = 250
const POLL_MS = 10

/**
 * What the author's code has left behind, in words, or null. Gives timers and requests still running a moment to
 * end: a promise nobody awaits may yet reject in this step, where it belongs.
 */
export async function leftovers(baseline: Baseline): Promise<string | null> {
  const deadline = performance.now() + GRACE_MS
  while (stillRunning(baseline).length > 0 && performance.now() < deadline) await sleep(POLL_MS)
  const running = stillRunning(baseline)
  endChildren()
  if (running.length > 0) return `it left ${running.join(', ')} running`
  if (process.cwd() !== baseline.cwd) return 'it changed the working folder'
  if (environment() !== baseline.env) return 'it changed the environment'
  if (listeners() !== baseline.listeners) return 'it left listeners on process'
  if (process.exitCode !== undefined) return 'it set process.exitCode'
  if (process.umask() !== baseline.umask) return 'it changed the umask'
  if (writes().some((write, at) => write !== baseline.writes[at])) return 'it changed process.stdout'
  return changedShared(baseline.shared)
}

function stillRunning(baseline: Baseline): string[] {
  const resources = extraResources(baseline)
  const added = threads.size - baseline.threads
  const started = resources.some((text) => text.includes('ProcessWrap')) ? 0 : children().length
  return [
    ...resources,
    ...(started > 0 ? [started === 1 ? 'a child process' : `${started} child processes`] : []),
    ...(added > 0 ? [added === 1 ? 'a thread' : `${added} threads`] : []),
  ]
}

/** Processes that this one has started, where the system tells: an `unref`ed child is no resource of Node's. */
function children(): number[] {
  try {
    const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** A `detached` child has left the group of this process and would outlive it. */
function endChildren(): void {
  for (const pid of children()) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
}

const environment = () => JSON.stringify(Object.entries(env).sort())

const listeners = () =>
  JSON.stringify(
    process
      .eventNames()
      .map((name) => [String(name), process.listenerCount(name)])
      .sort(),
  )

function resources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function extraResources({ resources: before }: Baseline): string[] {
  return [...resources()].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0)
    return extra > 0 ? [extra === 1 ? `a ${kind}` : `${extra} ${kind}s`] : []
  })
}
