import type { WorkerProcess } from './worker-process.js'

export type PoolOptions = Readonly<{
  /** Processes at most, idle ones included. */
  slots: number
  start: (memoryLimitBytes: number) => WorkerProcess
  /** Tasks after which a process is replaced: every module ever loaded stays in its memory. */
  maxTasks: number
  /** Idle time after which a process is let go. */
  idleMs: number
}>

type Waiting = { memoryLimitBytes: number; give: (worker: WorkerProcess) => void }

/**
 * Warm processes, each busy with one task at a time. `acquire` gives an idle one with the same memory limit,
 * else a new one, else waits its turn. `release` keeps the process for the next task or ends it.
 */
export class WorkerPool {
  private readonly idle: { worker: WorkerProcess; timer: NodeJS.Timeout }[] = []
  private readonly waiting: Waiting[] = []
  private readonly all = new Set<WorkerProcess>()
  private busy = 0
  private closed = false

  constructor(private readonly options: PoolOptions) {}

  /** Starts a process ahead of the first task. */
  warm(memoryLimitBytes: number): void {
    if (!this.closed && this.all.size < this.options.slots) this.rest(this.start(memoryLimitBytes))
  }

  acquire(memoryLimitBytes: number, signal: AbortSignal): Promise<WorkerProcess> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.closed) return Promise.reject(new TypeError('the pool is closed'))
    if (this.busy < this.options.slots) {
      this.busy++
      return Promise.resolve(this.take(memoryLimitBytes))
    }
    return new Promise((resolve, reject) => {
      const entry: Waiting = { memoryLimitBytes, give: resolve }
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1)
        reject(signal.reason)
      }
      entry.give = (worker) => {
        signal.removeEventListener('abort', onAbort)
        resolve(worker)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.waiting.push(entry)
    })
  }

  /** Takes a process back. Resolves when it is idle again, or gone. */
  async release(worker: WorkerProcess, reusable: boolean): Promise<void> {
    worker.tasks++
    const keep = reusable && worker.running && !this.closed && worker.tasks < this.options.maxTasks
    if (keep) this.rest(worker)
    else await worker.kill()
    const next = this.waiting.shift()
    if (next) next.give(this.take(next.memoryLimitBytes))
    else {
      this.busy--
      // The next step should not wait for a start that this one has caused.
      if (!keep) this.warm(worker.memoryLimitBytes)
    }
  }

  async close(): Promise<void> {
    this.closed = true
    for (const { timer } of this.idle.splice(0)) clearTimeout(timer)
    await Promise.all([...this.all].map((worker) => worker.kill()))
  }

  private take(memoryLimitBytes: number): WorkerProcess {
    const at = this.idle.findIndex(({ worker }) => worker.memoryLimitBytes === memoryLimitBytes)
    if (at >= 0) {
      const [{ worker, timer }] = this.idle.splice(at, 1) as [
        { worker: WorkerProcess; timer: NodeJS.Timeout },
      ]
      clearTimeout(timer)
      return worker
    }
    // None fits; an idle one with another limit makes room.
    if (this.all.size >= this.options.slots) this.dismiss(this.idle[0]?.worker)
    return this.start(memoryLimitBytes)
  }

  private start(memoryLimitBytes: number): WorkerProcess {
    const worker = this.options.start(memoryLimitBytes)
    this.all.add(worker)
    void worker.exited.then(() => {
      this.all.delete(worker)
      this.forget(worker)
    })
    return worker
  }

  private rest(worker: WorkerProcess): void {
    const timer = setTimeout(() => this.dismiss(worker), this.options.idleMs)
    timer.unref()
    this.idle.push({ worker, timer })
  }

  private dismiss(worker: WorkerProcess | undefined): void {
    if (worker === undefined) return
    this.forget(worker)
    void worker.kill()
  }

  private forget(worker: WorkerProcess): void {
    const at = this.idle.findIndex((entry) => entry.worker === worker)
    if (at < 0) return
    clearTimeout(this.idle[at]?.timer)
    this.idle.splice(at, 1)
  }
}
