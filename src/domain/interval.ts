import { DateTime } from 'luxon'

/** A half-open time range `[start, end)`, epoch milliseconds, UTC. */
export type Interval = Readonly<{ start: number; end: number }>

export const GRAINS = ['minute', 'hour', 'day', 'week', 'month'] as const
/** The step in which an incremental asset is built. `day` and longer are calendar steps of the project's zone. */
export type Grain = (typeof GRAINS)[number]

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

/** Start of the grain that `instant` lies in, by the calendar of `timezone`. Weeks begin on Monday. */
export function floorToGrain(instant: number, grain: Grain, timezone: string): number {
  return DateTime.fromMillis(instant, { zone: timezone }).startOf(grain).toMillis()
}

/** First start of a grain at or after `instant`. */
export function ceilToGrain(instant: number, grain: Grain, timezone: string): number {
  const floor = floorToGrain(instant, grain, timezone)
  if (floor === instant) return instant
  return DateTime.fromMillis(floor, { zone: timezone })
    .plus({ [grain]: 1 })
    .startOf(grain)
    .toMillis()
}

/** Widens every interval to whole grains, then merges. */
export function alignIntervals(intervals: readonly Interval[], grain: Grain, timezone: string): Interval[] {
  return mergeIntervals(
    mergeIntervals(intervals).map(({ start, end }) => ({
      start: floorToGrain(start, grain, timezone),
      end: ceilToGrain(end, grain, timezone),
    })),
  )
}
