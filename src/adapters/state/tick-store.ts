import type { Tick, TickRecord } from '../../domain/schedule.js'

/**
 * What became of the moments at which something was due. One record for each run, which may stand for several ticks:
 * its note says so. `running` → `done`, however the run ended. `due`: given back, to be taken up again.
 */
export interface TickStore {
  /**
   * Tells which subjects there are now; how far the ticks of each are dealt with, epoch ms. A subject that is new, or
   * has another timetable than before, starts at `at`: it has missed nothing. One that is gone is forgotten, so that it
   * has missed nothing when it comes back.
   */
  follow(subjects: readonly Followed[], at: number): Promise<ReadonlyMap<string, number>>
  /**
   * Takes ticks for this process and counts everything up to each as dealt with; returns those it got. Of several
   * processes that claim the same tick, or one after it, one gets it.
   */
  claim(claims: readonly TickClaim[]): Promise<readonly Tick[]>
  /**
   * Takes over ticks that were `running` when their process died, and those that were given back, oldest first. One
   * whose run has ended all the same is done and not among them. One that took its process down with it
   * `MOST_TAKES` times is left out.
   */
  takeUp(): Promise<readonly TickRecord[]>
  /** These ticks' run has begun. */
  began(ticks: readonly Tick[], run: number): Promise<void>
  /** Only of ticks that this process runs. `due` gives them back. */
  settle(ticks: readonly Tick[], end: TickEnd): Promise<void>
  /** Newest first. */
  latest(subject: string, limit: number): Promise<readonly TickRecord[]>
  /** The newest record of every subject. */
  latestOfAll(): Promise<readonly TickRecord[]>
  /** Keeps the newest `keep` records of each subject, and of those what is not before `before`; returns how many went. */
  prune(before: number, keep: number): Promise<number>
}

/** `timetable`: pattern and zone in one text; another text is another timetable. */
export type Followed = Readonly<{ subject: string; timetable: string }>

export type TickClaim = Tick & Readonly<{ status: 'running' | 'left_out'; note: string }>

export type TickEnd = Readonly<{ status: 'due' | 'done' | 'left_out'; run: number | null; note: string }>

/** How often a tick is begun whose run ends the process each time. */
export const MOST_TAKES = 3
