import type { Clock } from '../../src/base/clock.js'

type Sleeper = { until: number; wake: () => void }

/**
 * A clock that jumps to the next moment somebody waits for, as soon as everybody waits. Work that takes real time (a
 * database) is wrapped in `during`: the clock stands still meanwhile.
 */
export class VirtualClock implements Clock {
  private sleepers: Sleeper[] = []
  private working = 0
  private ended = false
  private pending: NodeJS.Immediate | null = null

  /** `onEnd` is called before anybody is woken after `until`. */
  constructor(
    private time: number,
    private readonly until: number,
    private readonly onEnd: () => void,
  ) {}

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper)
        reject(signal?.reason)
      }
      const sleeper = {
        until: this.time + ms,
        wake: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', leave, { once: true })
      this.sleepers.push(sleeper)
      this.schedule()
    })
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.working++
    try {
      return await work
    } finally {
      this.working--
      this.schedule()
    }
  }

  /** An object whose methods all stop the clock while they work. */
  wrap<T extends object>(object: T): T {
    return new Proxy(object, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => this.during(Reflect.apply(value, target, args) as Promise<unknown>)
      },
    })
  }

  /** Two turns of the event loop later everything that could go on has gone on. */
  private schedule(): void {
    this.pending ??= setImmediate(() => {
      this.pending = setImmediate(() => {
        this.pending = null
        this.jump()
      })
    })
  }

  private jump(): void {
    if (this.working > 0 || this.sleepers.length === 0) return
    const next = Math.min(...this.sleepers.map(({ until }) => until))
    if (next > this.until && !this.ended) {
      this.ended = true
      this.onEnd()
      this.schedule()
      return
    }
    this.time = Math.max(this.time, next)
    const woken = this.sleepers.filter(({ until }) => until <= this.time)
    this.sleepers = this.sleepers.filter(({ until }) => until > this.time)
    for (const { wake } of woken) wake()
    this.schedule()
  }
}
