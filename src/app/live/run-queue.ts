import { createChannel } from '../../base/channel.js'
import type { Clock } from '../../base/clock.js'
import type { AssetName } from '../../domain/asset.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunOutcome, RunRequestBody } from '../api/api.js'
import type { QueueEntry } from '../api/shapes.js'
import { appError } from '../errors.js'
import type { Retiring } from '../plan-project.js'
import type { Ticket } from './live.js'
import { collision, type Touches, waiting } from './run-order.js'

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
  readonly after: ReadonlySet<Entry>
  readonly followers: RunFollowers
  touches: Touches
  going: boolean
  run: number | null
  /** What it builds, once it is planned. */
  assets: readonly AssetName[] | null
  begin: () => void
}

export type QueueOptions = Readonly<{
  perform: Perform
  clock: Clock
  onChange: (queue: readonly QueueEntry[]) => void
  /** What a run would touch in the project as it is now. */
  touches: (request: RunRequestBody) => Touches
  /** Runs that go side by side. */
  atOnce: number
}>

/** Who cancelled a run, as the reason of its signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
  constructor(readonly by: string) {
    super(`Cancelled by ${by}.`)
  }
}

/**
 * Runs of one server. Those that do not build the same go side by side, up to a number; the others wait (`run-order.ts`
 * says for whom). A run that waits can be cancelled without having begun.
 */
export class RunQueue {
  private readonly entries: Entry[] = []
  private tickets = 0
  private stopped = false
  private idle: (() => void)[] = []

  constructor(private readonly options: QueueOptions) {}

  /** `after`: tickets of runs that have to end before. @throws QUEUE_FULL, SERVER_STOPPING */
  enqueue(request: RunRequestBody & Retiring, after: readonly string[] = []): Ticket {
    if (this.stopped) throw appError('SERVER_STOPPING', {})
    const waiting = this.entries.filter(({ going }) => !going).length
    if (waiting >= MOST_WAITING) throw appError('QUEUE_FULL', { waiting })
    const entry: Entry = {
      ticket: `t${++this.tickets}`,
      request,
      since: this.options.clock.now(),
      stop: new AbortController(),
      after: new Set(this.entries.filter(({ ticket }) => after.includes(ticket))),
      followers: new RunFollowers(),
      touches: this.options.touches(request),
      going: false,
      run: null,
      assets: null,
      begin: () => {},
    }
    const outcome = this.outcomeOf(entry)
    // Whoever asked may have gone; the outcome is in the state all the same.
    outcome.catch(() => {})
    return {
      ticket: entry.ticket,
      outcome,
      events: (signal) => entry.followers.follow(signal),
      cancel: (by) => this.stop(entry, by),
    }
  }

  list(): readonly QueueEntry[] {
    const held = waiting(this.entries)
    const room = this.room() > 0
    return this.entries.map((entry) => ({
      ticket: entry.ticket,
      trigger: entry.request.trigger,
      assets: entry.assets ?? [...entry.touches.builds],
      since: entry.since,
      run: entry.run,
      waitsFor: entry.going
        ? ''
        : waitsFor(entry, (held.get(entry) ?? []) as readonly Entry[], room, this.options.atOnce),
    }))
  }

  /** False if no such run goes on here. */
  cancel(run: number, by: string): boolean {
    const entry = this.entries.find((one) => one.run === run)
    if (entry) this.stop(entry, by)
    return entry !== undefined
  }

  /** Takes no more runs; those that wait are given up, those that go on get `graceMs` before they are cut off. */
  async close(graceMs: number): Promise<void> {
    this.stopped = true
    const stop = (going: boolean) => {
      for (const entry of this.entries.filter((one) => one.going === going))
        this.stop(entry, 'the server, which is stopping')
    }
    stop(false)
    if (this.entries.length === 0) return
    const timer = setTimeout(() => stop(true), graceMs)
    await new Promise<void>((resolve) => this.idle.push(resolve))
    clearTimeout(timer)
  }

  private stop(entry: Entry, by: string): void {
    entry.stop.abort(new Cancelled(by))
  }

  private room(): number {
    return this.options.atOnce - this.entries.filter(({ going }) => going).length
  }

  private async outcomeOf(entry: Entry): Promise<RunOutcome> {
    this.entries.push(entry)
    try {
      const turn = this.turnOf(entry)
      this.beginNext()
      this.options.onChange(this.list())
      return await turn
    } finally {
      this.entries.splice(this.entries.indexOf(entry), 1)
      entry.followers.end()
      this.beginNext()
      this.options.onChange(this.list())
      if (this.entries.length === 0) for (const done of this.idle.splice(0)) done()
    }
  }

  /** Begins what may begin, in the order it came. What a run touches is asked anew: the project may have been edited. */
  private beginNext(): void {
    for (const entry of this.entries) if (!entry.going) entry.touches = this.options.touches(entry.request)
    while (this.room() > 0) {
      const held = waiting(this.entries)
      const next = this.entries.find((entry) => !entry.stop.signal.aborted && held.get(entry)?.length === 0)
      if (!next) return
      next.going = true
      next.begin()
    }
  }

  private tell(entry: Entry, event: RunEvent): void {
    if (event.kind === 'run-started') {
      entry.run = event.run
      entry.assets = event.plan.steps.map(({ asset }) => asset)
      this.options.onChange(this.list())
    }
    entry.followers.publish(event)
  }

  /** Performs the run once it is begun; rejects if it is cancelled before. */
  private turnOf(entry: Entry): Promise<RunOutcome> {
    const { signal } = entry.stop
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason)
      entry.begin = () => {
        signal.removeEventListener('abort', leave)
        // At once: what it touches was reckoned for the project as it is in this moment.
        resolve(this.options.perform(entry.request, (event) => this.tell(entry, event), signal))
      }
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}

/** `run 812, which builds marts.status, and 2 more`. */
function waitsFor(entry: Entry, held: readonly Entry[], room: boolean, atOnce: number): string {
  const [first, ...others] = held
  if (!first) return room ? '' : `room: ${atOnce} ${atOnce === 1 ? 'run goes' : 'runs go'} on`
  const who =
    first.run !== null ? `run ${first.run}` : first.going ? 'a run that is being planned' : 'a run before it'
  const asset = collision(first.touches, entry.touches)
  const why =
    asset === null
      ? ''
      : `, which ${first.touches.builds.has(asset) ? 'builds' : 'looks through a view at'} ${asset}`
  return others.length === 0 ? `${who}${why}` : `${who}${why}, and ${others.length} more`
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
