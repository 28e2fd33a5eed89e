import type { Schedule } from '../../domain/schedule.js'
import { lastTick, nextTick } from '../../planner/schedule/ticks.js'

/** Ticks around one moment. Assets with the same pattern have the same ticks: each pattern is worked out once. */
export type Ticks = Readonly<{
  /** First tick after the moment; null where there is none. */
  next(schedule: Schedule): number | null
  /** Last tick at or before `at`, which is at or before the moment. */
  previous(schedule: Schedule, at: number): number | null
}>

/** Leap days are the rarest, and a century may leave one out. */
const LONGEST_PAUSE_MS = 9 * 366 * 86_400_000

export function ticksAround(now: number, timezone: string): Ticks {
  const known = new Map<string, number | null>()
  const remembered = (key: string, work: () => number | null): number | null => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = work()
    known.set(key, made)
    return made
  }
  return {
    next: (schedule) =>
      schedule.kind === 'cron'
        ? remembered(schedule.pattern, () => nextTick({ pattern: schedule.pattern, timezone }, now))
        : null,
    previous: (schedule, at) =>
      schedule.kind === 'cron'
        ? remembered(`${at} ${schedule.pattern}`, () =>
            lastTick({ pattern: schedule.pattern, timezone }, at - LONGEST_PAUSE_MS, at),
          )
        : null,
  }
}
