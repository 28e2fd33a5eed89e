import { IANAZone } from 'luxon'

/** A moment at which the clocks of a zone are changed, and how far local time is ahead of UTC on either side. */
export type ClockChange = Readonly<{ at: number; beforeMs: number; afterMs: number }>

/** How far the wall clock of `timezone` is ahead of UTC, in milliseconds. */
export const offsetAt = (timezone: string, instant: number): number =>
  IANAZone.create(timezone).offset(instant) * 60_000

/** Changes of clocks in `(after, until]`, in order. */
export function clockChanges(timezone: string, after: number, until: number): readonly ClockChange[] {
  const changes: ClockChange[] = []
  const last = new Date(until).getUTCFullYear()
  for (let year = new Date(after).getUTCFullYear(); year <= last; year++)
    changes.push(...changesOfYear(timezone, year).filter(({ at }) => at > after && at <= until))
  return changes
}

/** Asking a zone for its offset is slow, and schedules ask for the same few years all the time. */
const known = new Map<string, readonly ClockChange[]>()
const MOST_KNOWN = 500

function changesOfYear(timezone: string, year: number): readonly ClockChange[] {
  const key = `${timezone} ${year}`
  const found = known.get(key)
  if (found) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const made = findChanges(timezone, Date.UTC(year) - 1, Date.UTC(year + 1) - 1)
  known.set(key, made)
  return made
}

/** Closer than this no two changes ever came together. */
const STEP_MS = 3 * 86_400_000

function findChanges(timezone: string, after: number, until: number): ClockChange[] {
  const changes: ClockChange[] = []
  let from = after
  let beforeMs = offsetAt(timezone, from)
  while (from < until) {
    const to = Math.min(from + STEP_MS, until)
    const afterMs = offsetAt(timezone, to)
    if (afterMs !== beforeMs)
      changes.push({ at: changeBetween(timezone, from, to, beforeMs), beforeMs, afterMs })
    from = to
    beforeMs = afterMs
  }
  return changes
}

function changeBetween(timezone: string, from: number, to: number, beforeMs: number): number {
  let before = from
  let after = to
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(timezone, middle) === beforeMs) before = middle
    else after = middle
  }
  return after
}
