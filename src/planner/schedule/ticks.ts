import { type ClockChange, clockChanges, offsetAt } from './clock-changes.js'
import { type WallPattern, wallPattern } from './wall-pattern.js'

/** When something is due: a cron pattern and the zone whose wall clock it means. */
export type Timetable = Readonly<{ pattern: string; timezone: string }>

/** No clock was ever changed by more than a day, the one it loses or gains at the date line. */
const MOST_CHANGED_MS = 25 * 3_600_000

/**
 * The pattern's ticks in `(after, until]`, in order, as instants.
 *
 * Clocks that are put forward skip a part of the wall clock, clocks that are put back repeat one. A pattern with
 * fixed hours runs once in both cases: right after the gap for all that was skipped, and in the first of two equal
 * hours. A pattern of every hour follows the clock as it is: nothing for hours that are skipped, both of two equal
 * ones, so that it goes on every so many minutes. One of every so many hours does both: it runs right after a gap
 * that held one of its times, or else its pause would nearly double, and in both of two equal hours.
 *
 * Croner alone, given the zone, loses or repeats ticks at these moments; here it only matches wall-clock times.
 */
export function* ticksWithin(
  { pattern, timezone }: Timetable,
  after: number,
  until: number,
): Generator<number, void, undefined> {
  if (until <= after) return
  const wall = wallPattern(pattern)
  const changes = clockChanges(timezone, after - MOST_CHANGED_MS, until)
  const start = { at: Number.NEGATIVE_INFINITY, offsetMs: offsetAt(timezone, after - MOST_CHANGED_MS) }
  let last = after
  for (const segment of segmentsOf(start, changes)) {
    if (segment.end <= after) continue
    for (const tick of ticksOf(segment, wall, after)) {
      if (tick > until) return
      if (tick <= last) continue
      last = tick
      yield tick
    }
  }
}

/** A time during which clocks are not changed, and the change it began with. */
type Segment = Readonly<{ start: number; end: number; offsetMs: number; change: ClockChange | null }>

function segmentsOf(start: { at: number; offsetMs: number }, changes: readonly ClockChange[]): Segment[] {
  const begins = [{ ...start, change: null }, ...changes.map((change) => begin(change))]
  return begins.map(({ at, offsetMs, change }, index) => ({
    start: at,
    end: begins[index + 1]?.at ?? Number.POSITIVE_INFINITY,
    offsetMs,
    change,
  }))
}

const begin = (change: ClockChange) => ({ at: change.at, offsetMs: change.afterMs, change })

function* ticksOf(segment: Segment, wall: WallPattern, after: number): Generator<number, void, undefined> {
  const { offsetMs, change } = segment
  if (change && missesIn(change, wall)) yield change.at
  let from = Math.max(segment.start, after) + offsetMs
  // The second of two equal hours, which a pattern with fixed hours has already had.
  if (change && wall.hours === 'fixed') from = Math.max(from, change.at + change.beforeMs)
  for (let match = wall.from(from); match !== null; match = wall.from(match + 1)) {
    if (match - offsetMs >= segment.end) return
    yield match - offsetMs
  }
}

/** True where a time of the pattern was skipped, and is to be made up for. */
function missesIn({ at, beforeMs, afterMs }: ClockChange, wall: WallPattern): boolean {
  if (wall.hours === 'every' || afterMs <= beforeMs) return false
  const skipped = wall.from(at + beforeMs)
  return skipped !== null && skipped < at + afterMs
}

/** The first tick after `after`; null: there is none any more. */
export function nextTick(timetable: Timetable, after: number): number | null {
  const wall = wallPattern(timetable.pattern)
  const plain = nextPlainTick(timetable, wall, after)
  if (plain !== null) return plain
  for (let from = after; ; ) {
    const offsetMs = offsetAt(timetable.timezone, from)
    const match = wall.from(from + offsetMs - MOST_CHANGED_MS)
    if (match === null) return null
    // The first match may lie far off: only the days around it are looked at.
    const near = match - offsetMs
    const start = Math.max(from, near - MOST_CHANGED_MS)
    const end = Math.max(start, near) + 2 * MOST_CHANGED_MS
    const [tick] = firstOf(ticksWithin(timetable, start, end))
    if (tick !== undefined) return tick
    from = end
  }
}

/** The next tick where no clock is changed around it, which is nearly always; null: that is to be looked into. */
function nextPlainTick({ timezone }: Timetable, wall: WallPattern, after: number): number | null {
  const offsetMs = offsetAt(timezone, after)
  const match = wall.from(after + 1 + offsetMs)
  if (match === null) return null
  const tick = match - offsetMs
  return clockChanges(timezone, after - MOST_CHANGED_MS, tick).length === 0 ? tick : null
}

/** The last tick in `(after, until]`; null: there is none. Looks no further back than it must. */
export function lastTick(timetable: Timetable, after: number, until: number): number | null {
  for (let spanMs = 60_000; ; spanMs *= 16) {
    const from = Math.max(after, until - spanMs)
    let last: number | null = null
    for (const tick of ticksWithin(timetable, from, until)) last = tick
    if (last !== null || from <= after) return last
  }
}

function* firstOf<T>(items: Iterable<T>): Generator<T, void, undefined> {
  for (const item of items) {
    yield item
    return
  }
}
