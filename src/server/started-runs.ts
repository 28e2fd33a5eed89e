import { randomUUID } from 'node:crypto'
import type { Api, RunOutcome, RunRequestBody } from '../app/api/api.js'
import { Cancelled } from '../app/live/run-queue.js'
import type { Clock } from '../base/clock.js'
import { MillraceError } from '../base/errors.js'
import type { RunEvent } from '../executor/events.js'
import { serverError } from './errors.js'
import { type Problem, problemOf } from './problem.js'

/** What a run tells whoever follows it, numbered from 1. The last one is `outcome` or `error`. */
export type Told = Readonly<{ id: number }> &
  (
    | Readonly<{ event: 'event'; data: RunEvent }>
    | Readonly<{ event: 'outcome'; data: RunOutcome }>
    | Readonly<{ event: 'error'; data: Problem }>
  )

type Started = {
  readonly told: Map<number, Told>
  readonly cancel: AbortController
  /** Wakes those who follow. */
  readonly listeners: Set<() => void>
  /** Numbers of events that may be forgotten, oldest first. */
  readonly passing: number[]
  last: number
  /** What it released: known even if it is cut off while it delivers. */
  release: number | null
  endedAt: number | null
}

/** Progress and log lines kept for those who come late or come back. */
const MOST_PASSING = 2_000
/** How long an ended run can still be asked about, and how many. */
const KEEP_MS = 15 * 60_000
const MOST_ENDED = 20

/**
 * Runs that clients asked for. A run belongs to the server from then on: who asked may go away and come back, and
 * only a cancel ends it early.
 */
export class StartedRuns {
  private readonly runs = new Map<string, Started>()

  constructor(
    private readonly api: Pick<Api, 'run'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** Told what a run broke with that is no error of its own. */
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Returns its ticket. @throws what refuses the run at once */
  async start(request: RunRequestBody): Promise<string> {
    this.forgetOld()
    const run: Started = {
      told: new Map(),
      cancel: new AbortController(),
      listeners: new Set(),
      passing: [],
      last: 0,
      release: null,
      endedAt: null,
    }
    const refused = await this.work(run, request)
    if (refused) throw refused.error
    const ticket = randomUUID()
    this.runs.set(ticket, run)
    return ticket
  }

  /** What it told after number `after`, then what it tells, to the end. @throws TICKET_UNKNOWN */
  follow(ticket: string, after: number, signal: AbortSignal): AsyncIterable<Told> {
    return follow(this.known(ticket), after, signal)
  }

  /** Asks it to stop; what it released before stays. @throws TICKET_UNKNOWN */
  cancel(ticket: string, by: string): void {
    this.known(ticket).cancel.abort(new Cancelled(by))
  }

  private known(ticket: string): Started {
    const run = this.runs.get(ticket)
    if (!run) throw serverError('TICKET_UNKNOWN', { ticket })
    return run
  }

  /** Starts the work; an error within the same turn of the event loop is handed back: a full queue, for one. */
  private async work(run: Started, request: RunRequestBody): Promise<{ error: unknown } | null> {
    const emit = (data: RunEvent) => {
      if (data.kind === 'released') run.release = data.release
      tell(run, { event: 'event', data })
    }
    let refused: { error: unknown } | null = null
    const done = this.api.run(request, emit, run.cancel.signal).then(
      (data) => this.end(run, { event: 'outcome', data }),
      (error: unknown) => {
        const told = cancelledIn(error, run.release)
        refused = { error: told }
        if (!(told instanceof MillraceError)) this.onFault(told)
        this.end(run, { event: 'error', data: problemOf(told) })
      },
    )
    await Promise.race([done, new Promise((resolve) => setImmediate(resolve))])
    return refused
  }

  private end(run: Started, how: Telling): void {
    run.endedAt = this.clock.monotonic()
    tell(run, how)
  }

  private forgetOld(): void {
    const now = this.clock.monotonic()
    const ended = [...this.runs].filter(([, { endedAt }]) => endedAt !== null)
    const old = ended.filter(
      ([, { endedAt }], at) => now - (endedAt ?? now) > KEEP_MS || at < ended.length - MOST_ENDED,
    )
    for (const [ticket] of old) this.runs.delete(ticket)
  }
}

/** Whoever cancels it, by its ticket or by its number, says so without a code: only here is known what was released. */
const cancelledIn = (error: unknown, release: number | null): unknown =>
  error instanceof Cancelled ? serverError('RUN_CANCELLED', { by: error.by, release }) : error

type Telling = Told extends infer T ? (T extends Told ? Omit<T, 'id'> : never) : never

function tell(run: Started, what: Telling): void {
  const id = ++run.last
  run.told.set(id, { id, ...what } as Told)
  if (what.event === 'event' && isPassing(what.data)) {
    run.passing.push(id)
    if (run.passing.length > MOST_PASSING) run.told.delete(run.passing.shift() ?? 0)
  }
  for (const wake of run.listeners) wake()
}

const isPassing = ({ kind }: RunEvent): boolean => kind === 'step-progress' || kind === 'step-log'

async function* follow(run: Started, after: number, signal: AbortSignal): AsyncGenerator<Told> {
  let next = after + 1
  while (!signal.aborted) {
    for (; next <= run.last; next++) {
      const told = run.told.get(next)
      if (told) yield told
      if (signal.aborted) return
    }
    if (run.endedAt !== null) return
    await more(run, signal)
  }
}

function more(run: Started, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      run.listeners.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    run.listeners.add(wake)
    signal.addEventListener('abort', wake)
  })
}
