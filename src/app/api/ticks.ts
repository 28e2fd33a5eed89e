import type { Schedule } from '../../domain/schedule.js'
import { lastTick, nextTick } from '../../planner/schedule/ticks.js'

/** Ticks around one moment. Assets with the same pattern have the same ticks: each pattern is worked out once. */
export type Ticks = Readonly<{
  /** First tick after the moment; null where there is none. */
  next(schedule: Schedule): number | null
  /** Last tick at or before `at`; null where there was none in the year before. */
  previous(schedule: Schedule, at: number): number | null
}>

/** A yearly pattern has had one by then. */
const LOOK_BACK_MS = 370 * 86_400_000

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
    next: (schedule) => {
      if (schedule.kind !== 'cron') return null
      const { pattern } = schedule
      return remembered(pattern, () => nextTick({ pattern, timezone }, now))
    },
    previous: (schedule, at) => {
      if (schedule.kind !== 'cron') return null
      const { pattern } = schedule
      return remembered(`${at} ${pattern}`, () => lastTick({ pattern, timezone }, at - LOOK_BACK_MS, at))
    },
  }
}
