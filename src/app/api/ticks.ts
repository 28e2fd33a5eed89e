import { Cron } from 'croner'
import type { Schedule } from '../../domain/schedule.js'

/** Ticks around one moment. Assets with the same pattern have the same ticks: each pattern is worked out once. */
export type Ticks = Readonly<{
  /** First tick after the moment; null where there is none. */
  next(schedule: Schedule): number | null
  /** Last tick at or before `at`, which is at or before the moment. */
  previous(schedule: Schedule, at: number): number | null
}>

export function ticksAround(now: number, timezone: string): Ticks {
  const known = new Map<string, number | null>()
  const remembered = (key: string, work: () => number | null): number | null => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = work()
    known.set(key, made)
    return made
  }
  const cron = (pattern: string) => new Cron(pattern, { timezone, paused: true })
  return {
    next: (schedule) =>
      schedule.kind === 'cron'
        ? remembered(schedule.pattern, () => cron(schedule.pattern).nextRun(new Date(now))?.getTime() ?? null)
        : null,
    previous: (schedule, at) =>
      schedule.kind === 'cron'
        ? remembered(
            `${at} ${schedule.pattern}`,
            // The reference itself is no earlier run.
            () =>
              cron(schedule.pattern)
                .previousRuns(1, new Date(at + 1000))[0]
                ?.getTime() ?? null,
          )
        : null,
  }
}
