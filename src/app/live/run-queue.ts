import { createChannel } from '../../base/channel.js'
import type { Clock } from '../../base/clock.js'
import type { AssetName } from '../../domain/asset.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunOutcome, RunRequestBody } from '../api/api.js'
import type { QueueEntry } from '../api/shapes.js'
import { appError } from '../errors.js'
import type { Retiring } from '../plan-project.js'
import type { Ticket } from './live.js'

/** Runs that may wait. A scheduler merges its own, so a longer queue would only be people asking again. */
export const MOST_WAITING = 100
/** Events of a run that a slow reader may leave unread before the rest of its progress is left out. */
const MOST_UNREAD = 10_000

/** Does one run: plans, executes, and tells what happens. Rejects with the signal's reason when it is cut off. */
export type Perform = (
  request: RunRequestBody & Retiring,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
) => Promise<RunOutcome>

type Entry = {
  readonly ticket: string
  readonly request: RunRequestBody & Retiring
  readonly since: number
  readonly stop: AbortController
  run: number | null
  assets: readonly AssetName[]
}

/** Who cancelled a run, as the reason of its signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
  constructor(readonly by: string) {
    super(`Cancelled by ${by}.`)
  }
}

/**
 * Runs of one server, one after the other: the warehouse has one owner, and a run uses all of the machine by itself.
 * A run that waits can be cancelled without having begun.
 */
export class RunQueue {
  private readonly entries: Entry[] = []
  private tickets = 0
  private stopped = false
  private idle: (() => void)[] = []
  private busy = false

  constructor(
    private readonly perform: Perform,
    private readonly clock: Clock,
    private readonly onChange: (queue: readonly QueueEntry[]) => void,
  ) {}

  /** @throws QUEUE_FULL, SERVER_STOPPING */
  enqueue(request: RunRequestBody & Retiring): Ticket {
    if (this.stopped) throw appError('SERVER_STOPPING', {})
    if (this.entries.length > MOST_WAITING) throw appError('QUEUE_FULL', { waiting: this.entries.length })
    const entry: Entry = {
      ticket: `t${++this.tickets}`,
      request,
      since: this.clock.now(),
      stop: new AbortController(),
      run: null,
      assets: [],
    }
    const followers = new RunFollowers()
    const outcome = this.turnOf(entry, followers)
    // Whoever asked may have gone; the outcome is in the state all the same.
    outcome.catch(() => {})
    return {
      ticket: entry.ticket,
      outcome,
      events: (signal) => followers.follow(signal),
      cancel: (by) => this.stop(entry, by),
    }
  }

  list(): readonly QueueEntry[] {
    const [first] = this.entries
    return this.entries.map(({ ticket, request, since, run, assets }, index) => ({
      ticket,
      trigger: request.trigger,
      assets,
      since,
      run,
      waitsFor: index === 0 ? '' : waitsFor(first?.run ?? null, index),
    }))
  }

  /** False if no such run goes on here. */
  cancel(run: number, by: string): boolean {
    const entry = this.entries.find((one) => one.run === run)
    if (entry) this.stop(entry, by)
    return entry !== undefined
  }

  /** Takes no more runs; those that wait are given up, the one that goes on gets `graceMs` before it is cut off. */
  async close(graceMs: number): Promise<void> {
    this.stopped = true
    for (const entry of this.entries.slice(1)) this.stop(entry, 'the server, which is stopping')
    const [going] = this.entries
    if (!going) return
    const timer = setTimeout(() => this.stop(going, 'the server, which is stopping'), graceMs)
    await new Promise<void>((resolve) => {
      if (this.entries.length === 0) resolve()
      else this.idle.push(resolve)
    })
    clearTimeout(timer)
  }

  private stop(entry: Entry, by: string): void {
    entry.stop.abort(new Cancelled(by))
  }

  private readonly turns: (() => void)[] = []

  private async turnOf(entry: Entry, followers: RunFollowers): Promise<RunOutcome> {
    this.entries.push(entry)
    this.onChange(this.list())
    try {
      await this.myTurn(entry.stop.signal)
      try {
        return await this.perform(
          entry.request,
          (event) => this.tell(entry, followers, event),
          entry.stop.signal,
        )
      } finally {
        this.nextTurn()
      }
    } finally {
      this.entries.splice(this.entries.indexOf(entry), 1)
      followers.end()
      this.onChange(this.list())
      if (this.entries.length === 0) for (const done of this.idle.splice(0)) done()
    }
  }

  private tell(entry: Entry, followers: RunFollowers, event: RunEvent): void {
    if (event.kind === 'run-started') {
      entry.run = event.run
      entry.assets = event.plan.steps.map(({ asset }) => asset)
      this.onChange(this.list())
    }
    followers.publish(event)
  }

  /** Resolves when it is this run's turn, rejects if it is cancelled before. */
  private myTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.busy) {
      this.busy = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.turns.splice(this.turns.indexOf(begin), 1)
        reject(signal.reason)
      }
      this.turns.push(begin)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  private nextTurn(): void {
    const next = this.turns.shift()
    if (next) next()
    else this.busy = false
  }
}

function waitsFor(run: number | null, place: number): string {
  const first = run === null ? 'a run that is being planned' : `run ${run}`
  return place === 1 ? first : `${first} and ${place - 1} more`
}

/** Those who follow one run from its start. What happened before they came is told to them first. */
class RunFollowers {
  private readonly told: RunEvent[] = []
  private readonly channels = new Set<{ send(event: RunEvent): unknown; end(): void }>()
  private ended = false

  publish(event: RunEvent): void {
    // Progress of the past helps nobody.
    if (event.kind !== 'step-progress' && this.told.length < MOST_UNREAD) this.told.push(event)
    for (const channel of this.channels) void channel.send(event)
  }

  end(): void {
    this.ended = true
    for (const channel of this.channels) channel.end()
  }

  follow(signal: AbortSignal): AsyncIterable<RunEvent> {
    const channel = createChannel<RunEvent>(MOST_UNREAD, () => this.channels.delete(channel))
    for (const event of this.told) void channel.send(event)
    if (this.ended || signal.aborted) channel.end()
    else {
      this.channels.add(channel)
      signal.addEventListener('abort', () => channel.end(), { once: true })
    }
    return channel.items
  }
}
