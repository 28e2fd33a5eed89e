import { IANAZone } from 'luxon'

/** A moment at which the clocks of a zone are changed, and how far local time is ahead of UTC on either side. */
export type ClockChange = Readonly<{ at: number; beforeMs: number; afterMs: number }>

/** How far the wall clock of `timezone` is ahead of UTC, in milliseconds. */
export function offsetAt(timezone: string, instant: number): number {
  const { startMs, changes } = yearOf(timezone, new Date(instant).getUTCFullYear())
  return changes.reduce((offsetMs, change) => (change.at <= instant ? change.afterMs : offsetMs), startMs)
}

/** Changes of clocks in `(after, until]`, in order. */
export function clockChanges(timezone: string, after: number, until: number): readonly ClockChange[] {
  const found: ClockChange[] = []
  const last = new Date(until).getUTCFullYear()
  for (let year = new Date(after).getUTCFullYear(); year <= last; year++)
    for (const change of yearOf(timezone, year).changes)
      if (change.at > after && change.at <= until) found.push(change)
  return found
}

/** A year of UTC: how far the wall clock is ahead as it begins, and the changes in it. */
type Year = Readonly<{ startMs: number; changes: readonly ClockChange[] }>

/** Asking a zone for its offset is slow, and schedules ask for the same few years all the time. */
const known = new Map<string, Year>()
const MOST_KNOWN = 500

function yearOf(timezone: string, year: number): Year {
  const key = `${timezone} ${year}`
  const found = known.get(key)
  if (found) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const before = Date.UTC(year) - 1
  const changes = findChanges(timezone, before, Date.UTC(year + 1) - 1)
  const made = { startMs: zoneOffset(timezone, before), changes }
  known.set(key, made)
  return made
}

const zoneOffset = (timezone: string, instant: number): number =>
  IANAZone.create(timezone).offset(instant) * 60_000

/** Closer than this no two changes ever came together. */
const STEP_MS = 3 * 86_400_000

function findChanges(timezone: string, after: number, until: number): ClockChange[] {
  const changes: ClockChange[] = []
  let from = after
  let beforeMs = zoneOffset(timezone, from)
  while (from < until) {
    const to = Math.min(from + STEP_MS, until)
    const afterMs = zoneOffset(timezone, to)
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
    if (zoneOffset(timezone, middle) === beforeMs) before = middle
    else after = middle
  }
  return after
}
