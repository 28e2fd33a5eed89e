import type { TimeSpec } from '../domain/asset.js'
import type { Column } from '../domain/column.js'
import { alignIntervals, type CalendarStep, type Interval } from '../domain/interval.js'

/**
 * Ranges in which an asset has rows, as those who read it have to see them: the row of a day stands for all its hours,
 * whichever of them its readers ask about. A date lies at midnight, whatever the grain says. `cuts` are steps above the
 * grain at whose starts its times lie.
 */
export function inWholeGrains(
  { column, grain }: TimeSpec,
  columns: readonly Column[],
  ranges: readonly Interval[],
  cuts: readonly CalendarStep[],
  timezone: string,
): readonly Interval[] {
  const isDate = columns.some(({ name, type }) => name === column && type === 'DATE')
  return alignToAll(ranges, [grain, ...(isDate ? (['day'] as const) : []), ...cuts], timezone)
}

/** Widens to whole steps of every kind. */
export const alignToAll = (
  ranges: readonly Interval[],
  steps: readonly CalendarStep[],
  timezone: string,
): readonly Interval[] => steps.reduce((wide, step) => alignIntervals(wide, step, timezone), ranges)
