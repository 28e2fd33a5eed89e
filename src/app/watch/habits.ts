import { bandFor } from '../../detect/judge-series.js'
import type { AssetName } from '../../domain/asset.js'
import type { Habit } from '../../watch/look.js'

/** Releases of an asset that tell its habit. */
export const HABIT_RELEASES = 200
/** An asset is never overdue before this, nor before three times what is usual. */
const LEAST_OVERDUE_MS = 10 * 60_000
const LEAST_FACTOR = 3

/** The age that rows usually reach before new ones come, by time of day; null while too little is known. */
export function habitOf(moments: readonly number[], timezone: string): Habit | null {
  const gaps = moments.slice(1).map((at, index) => ({ at, value: at - moments[index]! }))
  const last = moments.at(-1)
  if (last === undefined) return null
  const band = bandFor(gaps, last, { scale: 'ratio', timezone })
  if (!band) return null
  // The longest that it ever took is nothing new, whatever the band says.
  const longest = Math.max(...gaps.map(({ value }) => value))
  const overdueMs = Math.max(band.high, LEAST_FACTOR * band.expected, 1.5 * longest, LEAST_OVERDUE_MS)
  return { usualMs: band.expected, overdueMs }
}

export type Habits = Map<AssetName, Readonly<{ release: number; habit: Habit | null }>>
