import type { TickStore } from '../adapters/state/tick-store.js'
import { type DueAction, dueActions } from '../planner/schedule/due.js'
import { nextTick } from '../planner/schedule/ticks.js'
import type { Scheduled } from './scheduled.js'

/** One scheduled subject: up to where its ticks are dealt with, and the first after that. */
type Standing = Readonly<{ scheduled: Scheduled; settled: number; next: number | null }>

/** What is scheduled, and how far. The state knows it for good; here it is kept so that a look costs nothing. */
export class Subjects {
  private standings = new Map<string, Standing>()
  private timezone = 'UTC'
  /** The timetables the state was told of last; null when it has to be asked again. */
  private told: string | null = null

  constructor(private readonly ticks: TickStore) {}

  /** Those that stay scheduled, but by another timetable than before. */
  edited(scheduled: readonly Scheduled[], timezone: string): readonly string[] {
    return scheduled.flatMap(({ subject, schedule }) => {
      const before = this.get(subject)?.schedule.pattern
      const isSame = before === schedule.pattern && timezone === this.timezone
      return before === undefined || isSame ? [] : [subject]
    })
  }

  /** Tells the state what is scheduled, where that is news. */
  async follow(scheduled: readonly Scheduled[], timezone: string, now: number): Promise<void> {
    const followed = scheduled.map(({ subject, schedule }) => ({
      subject,
      timetable: `${schedule.pattern} ${timezone}`,
    }))
    const told = JSON.stringify([followed, scheduled.map(({ schedule }) => schedule.catchUp)])
    if (told === this.told) return
    const settled = await this.ticks.follow(followed, now)
    this.timezone = timezone
    this.standings = new Map(
      scheduled.map((one) => [one.subject, this.standing(one, settled.get(one.subject) ?? now)]),
    )
    this.told = told
  }

  /** Another process has taken ticks, or the clock was set: how far they are dealt with is asked anew. */
  askAgain(): void {
    this.told = null
  }

  get(subject: string): Scheduled | null {
    return this.standings.get(subject)?.scheduled ?? null
  }

  names(): Iterable<string> {
    return this.standings.keys()
  }

  due(subject: string, now: number, missedUntil: number): readonly DueAction[] {
    const standing = this.standings.get(subject)
    if (!standing || standing.next === null || standing.next > now) return []
    const { schedule } = standing.scheduled
    return dueActions(schedule, this.timezone, { settled: standing.settled, now, missedUntil })
  }

  settle(subject: string, at: number): void {
    const standing = this.standings.get(subject)
    if (standing) this.standings.set(subject, this.standing(standing.scheduled, at))
  }

  /** The next tick of those subjects that `counts`. */
  next(counts: (subject: string) => boolean): number | null {
    let first: number | null = null
    for (const [subject, { next }] of this.standings)
      if (next !== null && (first === null || next < first) && counts(subject)) first = next
    return first
  }

  private standing(scheduled: Scheduled, settled: number): Standing {
    const { pattern } = scheduled.schedule
    return { scheduled, settled, next: nextTick({ pattern, timezone: this.timezone }, settled) }
  }
}
