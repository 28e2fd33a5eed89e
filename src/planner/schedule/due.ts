import type { Schedule } from '../../domain/schedule.js'
import { lastTick, nextTick, type Timetable } from './ticks.js'

type CronSchedule = Extract<Schedule, { kind: 'cron' }>

/**
 * What is to be done about the ticks of one subject. `run`: one run for every tick from `since` to `at`. `leave_out`:
 * none for them.
 */
export type DueAction = Readonly<{ kind: 'run' | 'leave_out'; since: number; at: number; missed: boolean }>

export type DueMoment = Readonly<{
  /** Up to here every tick was dealt with. */
  settled: number
  now: number
  /** Up to here ticks passed while nothing ran. */
  missedUntil: number
}>

/**
 * What is due of a subject's ticks in `(settled, now]`, in order; none are left behind by it but the later ones of
 * `catch_up: all`, which come one by one, oldest first. Ticks that passed while a run of the same subject was going
 * on are not missed: one run stands for all of them.
 */
export function dueActions(
  { pattern, catchUp }: CronSchedule,
  timezone: string,
  { settled, now, missedUntil }: DueMoment,
): readonly DueAction[] {
  const timetable: Timetable = { pattern, timezone }
  const first = nextTick(timetable, settled)
  if (first === null || first > now) return []
  const upTo = (since: number, until: number) => lastTick(timetable, since - 1, until) ?? since
  switch (catchUp) {
    case 'latest': {
      const at = upTo(first, now)
      return [{ kind: 'run', since: first, at, missed: at <= missedUntil }]
    }
    case 'all':
      if (first <= missedUntil) return [{ kind: 'run', since: first, at: first, missed: true }]
      return [{ kind: 'run', since: first, at: upTo(first, now), missed: false }]
    case 'none': {
      const actions: DueAction[] = []
      let since: number | null = first
      if (first <= missedUntil) {
        const at = upTo(first, Math.min(missedUntil, now))
        actions.push({ kind: 'leave_out', since: first, at, missed: true })
        since = nextTick(timetable, at)
      }
      if (since !== null && since <= now)
        actions.push({ kind: 'run', since, at: upTo(since, now), missed: false })
      return actions
    }
  }
}
