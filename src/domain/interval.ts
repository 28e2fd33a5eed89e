import { DateTime } from 'luxon'

/** A half-open time range `[start, end)`, epoch milliseconds, UTC. */
export type Interval = Readonly<{ start: number; end: number }>

export const GRAINS = ['minute', 'hour', 'day', 'week', 'month'] as const
/** The step in which an incremental asset is built. `day` and longer are calendar steps of the project's zone. */
export type Grain = (typeof GRAINS)[number]

export const CALENDAR_STEPS = [...GRAINS, 'quarter', 'year'] as const
/** What a statement may cut times to, finest first. */
export type CalendarStep = (typeof CALENDAR_STEPS)[number]

/** Sorted, disjoint, non-empty; touching intervals become one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)
  const merged: Interval[] = []
  for (const next of sorted) {
    const last = merged.at(-1)
    if (last && next.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, next.end) }
    else merged.push(next)
  }
  return merged
}

/** What of `from` is not in `take`. */
export function subtractIntervals(from: readonly Interval[], take: readonly Interval[]): Interval[] {
  let rest = mergeIntervals(from)
  for (const hole of mergeIntervals(take)) {
    rest = rest.flatMap(({ start, end }) =>
      hole.end <= start || hole.start >= end
        ? [{ start, end }]
        : [
            { start, end: Math.min(end, hole.start) },
            { start: Math.max(start, hole.end), end },
          ].filter((part) => part.start < part.end),
    )
  }
  return rest
}

export function intersectIntervals(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return mergeIntervals(
    a.flatMap((left) =>
      b.map((right) => ({ start: Math.max(left.start, right.start), end: Math.min(left.end, right.end) })),
    ),
  )
}

/** No clock is turned back by more. */
const MOST_TURNED_BACK_MS = 3 * 3_600_000

/**
 * Both runs through the local hours that come twice when clocks are turned back, if `instant` lies in them.
 * Engines cut a time to its local hour and so put rows of either run under one name: the two are one step.
 */
function foldAt(instant: number, timezone: string): Interval | null {
  const offsetAt = (time: number) => DateTime.fromMillis(time, { zone: timezone }).offset
  let before = instant - MOST_TURNED_BACK_MS
  let after = instant + MOST_TURNED_BACK_MS
  const turned = (offsetAt(before) - offsetAt(after)) * 60_000
  if (turned <= 0) return null
  const summer = offsetAt(before)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === summer) before = middle
    else after = middle
  }
  const fold = { start: after - turned, end: after + turned }
  return fold.start <= instant && instant < fold.end ? fold : null
}

const isShort = (grain: CalendarStep): boolean => grain === 'minute' || grain === 'hour'

/**
 * Start of the grain that `instant` lies in, by the calendar of `timezone`. Weeks begin on Monday. An hour that
 * comes twice is one step, as long as both.
 */
export function floorToGrain(instant: number, grain: CalendarStep, timezone: string): number {
  const fold = isShort(grain) ? foldAt(instant, timezone) : null
  return DateTime.fromMillis(fold?.start ?? instant, { zone: timezone })
    .startOf(grain)
    .toMillis()
}

/** First start of a grain at or after `instant`. */
export function ceilToGrain(instant: number, grain: CalendarStep, timezone: string): number {
  const floor = floorToGrain(instant, grain, timezone)
  if (floor === instant) return instant
  const fold = isShort(grain) ? foldAt(instant, timezone) : null
  if (fold) return fold.end
  const next = DateTime.fromMillis(floor, { zone: timezone })
    .plus({ [grain]: 1 })
    .startOf(grain)
    .toMillis()
  const inside = isShort(grain) ? foldAt(next, timezone) : null
  return inside && inside.start < next ? inside.end : next
}

/** Widens every interval to whole grains, then merges. */
export function alignIntervals(
  intervals: readonly Interval[],
  grain: CalendarStep,
  timezone: string,
): Interval[] {
  return mergeIntervals(
    mergeIntervals(intervals).map(({ start, end }) => ({
      start: floorToGrain(start, grain, timezone),
      end: ceilToGrain(end, grain, timezone),
    })),
  )
}
