import { writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { WATCH_FD } from '../../protocol.js'

/**
 * A thread that watches the process from inside, because the main thread may be caught in an endless loop: it ends
 * the process when Millrace is gone or when memory outside V8's heap has no end, and remembers the highest memory.
 */
export type MemoryPeak = Readonly<{
  /** Starts a new measurement. */
  reset(): void
  bytes(): number
}>

const PERIOD_MS = 100
/** The peak is kept in KiB, for 32 bits to be enough. */
const UNIT = 1024

type WatchData = { parentPid: number; limitBytes: number; peak: Int32Array }

export function startWatch(limitBytes: number): MemoryPeak {
  const peak = new Int32Array(new SharedArrayBuffer(4))
  const data: WatchData = { parentPid: process.ppid, limitBytes, peak }
  const watch = new Worker(new URL(import.meta.url), {
    workerData: data,
    // Out of reach of what the author does with the output and the environment.
    stdout: true,
    stderr: true,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  watch.unref()
  return {
    reset: () => Atomics.store(peak, 0, memoryUnits()),
    bytes: () => Math.max(Atomics.load(peak, 0), memoryUnits()) * UNIT,
  }
}

const memoryUnits = () => Math.round(process.memoryUsage.rss() / UNIT)

function watch({ parentPid, limitBytes, peak }: WatchData): void {
  setInterval(() => {
    if (process.ppid !== parentPid) end()
    const now = memoryUnits()
    if (now > Atomics.load(peak, 0)) Atomics.store(peak, 0, now)
    if (now * UNIT > limitBytes) {
      writeSync(WATCH_FD, `memory ${now * UNIT}\n`)
      end()
    }
  }, PERIOD_MS)
}

function end(): void {
  process.kill(-process.pid, 'SIGKILL')
}

// A cast: `startWatch` is the only one who starts this file as a thread.
if (!isMainThread) watch(workerData as WatchData)
