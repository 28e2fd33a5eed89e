import type { MillraceError } from '../../base/errors.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunOutcome, RunRequestBody } from '../api/api.js'
import type { LiveEvent, QueueEntry, RunningStep } from '../api/shapes.js'
import type { Retiring } from '../plan-project.js'
import type { Session } from '../session.js'

/**
 * A project that stays open: what `serve` keeps and everything live hangs on. The scheduler asks it for runs, the API
 * reads from it, the watch listens to it.
 */
export interface LiveProject {
  /** The last good project. A reload swaps it; whoever works on the old one keeps it until they are done. */
  readonly session: Session
  /** Why the project on disk is not the one that runs; null while it is. */
  readonly broken: MillraceError | null
  readonly loadedAt: number
  /** Reads the files anew at once if they were edited, for somebody who says that their edits are saved. */
  refresh(): Promise<void>
  /** Uses the session for a while; a reload waits with closing the old one until all such uses have ended. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>

  /**
   * Puts a run into the queue; the promise of the outcome is in the ticket. `ticks`: what the run is for, on whose
   * records its number is written. `after`: tickets of runs that end before it begins. @throws QUEUE_FULL, SERVER_STOPPING
   */
  enqueue(
    request: RunRequestBody & Retiring,
    ticks: readonly { subject: string; at: number }[],
    after?: readonly string[],
  ): Ticket
  queue(): readonly QueueEntry[]
  /** Steps that go on now, by run. */
  running(run: number): readonly RunningStep[]
  cancel(run: number, by: string): void

  publish(event: NewLiveEvent): void
  /** Events after `after` (all kept ones where null is given only new ones), then new ones as they come. */
  events(after: string | null, signal: AbortSignal): AsyncIterable<LiveEvent>
  /** Aborted when the project stops: who keeps something going by it ends now. */
  readonly stopping: AbortSignal
  /** Work that a stop waits for before it closes what the work uses. */
  attend(work: Promise<unknown>): void
  /** Called after an edited project took the place of the old one; returns how to end that. */
  onReload(listener: () => void): () => void
  /** Called with every run event, after it was published. */
  onRun(listener: (run: number, event: RunEvent) => void): void

  /** No new runs; waits for those that go on up to `graceMs`, then cancels them; closes everything. */
  stop(graceMs: number): Promise<void>
}

export type Ticket = Readonly<{
  ticket: string
  /** Events of this run from its start; ends with the run. */
  events(signal: AbortSignal): AsyncIterable<RunEvent>
  outcome: Promise<RunOutcome>
  cancel(by: string): void
}>

type WithoutMark<E> = E extends unknown ? Omit<E, 'id' | 'at'> : never
export type NewLiveEvent = WithoutMark<LiveEvent>
