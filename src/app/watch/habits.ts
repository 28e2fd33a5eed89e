import type { LocalHour } from '../../detect/calendar-slots.js'
import { createSortedWindow, type SortedWindow } from '../../detect/sorted-window.js'
import type { AssetName } from '../../domain/asset.js'
import type { Habit } from '../../watch/look.js'

/** Moments that a process which knows nothing yet reads of an asset. */
export const FIRST_MOMENTS = 500
/** Pauses that are remembered. */
const MEMORY = 5_000
const MEMORY_OF_HOUR = 500
/** Pauses that began at one hour of the day tell that hour's own habit from three days on. */
const LEAST_AT_HOUR = 5
const HOUR_SPAN_MS = 3 * 24 * 60 * 60_000
/** Fewer, or of less than a day, tell no habit: a night was not seen yet. */
const LEAST_PAUSES = 20
const LEAST_SPAN_MS = 24 * 60 * 60_000
/** Rows are overdue after all of these: longer than ever before, and longer than usual by far. */
const LEAST_OVERDUE_MS = 10 * 60_000
const USUAL_FACTOR = 3
const LONGEST_FACTOR = 1.5

/** How long each asset usually goes without new rows, kept between looks: a release adds one pause. */
export interface Habits {
  knows(asset: AssetName): boolean
  /** Moments of releases, oldest first; those already known are left out. */
  learn(asset: AssetName, moments: readonly number[], localHour: LocalHour): void
  /** Null while too little is known. */
  habitOf(asset: AssetName): Habit | null
}

type Pauses = {
  first: number
  last: number
  lastHour: number
  lengths: SortedWindow
  /** By the hour of the day at which they began. */
  byHour: Map<number, SortedWindow>
}

export function createHabits(): Habits {
  const known = new Map<AssetName, Pauses>()
  return {
    knows: (asset) => known.has(asset),
    learn: (asset, moments, localHour) => {
      for (const moment of moments) {
        const pauses = known.get(asset)
        if (!pauses) known.set(asset, firstSeen(moment, localHour))
        else if (moment > pauses.last) addPause(pauses, moment, localHour)
      }
    },
    habitOf: (asset) => {
      const pauses = known.get(asset)
      if (!pauses || pauses.lengths.size < LEAST_PAUSES || pauses.last - pauses.first < LEAST_SPAN_MS)
        return null
      const usualMs = pauses.lengths.quantile(0.5)
      const longestMs = longestOf(pauses)
      return {
        usualMs,
        overdueMs: Math.max(USUAL_FACTOR * usualMs, LONGEST_FACTOR * longestMs, LEAST_OVERDUE_MS),
      }
    },
  }
}

const firstSeen = (moment: number, localHour: LocalHour): Pauses => ({
  first: moment,
  last: moment,
  lastHour: localHour(moment).hour,
  lengths: createSortedWindow(MEMORY),
  byHour: new Map(),
})

function addPause(pauses: Pauses, moment: number, localHour: LocalHour): void {
  const length = moment - pauses.last
  const atHour = pauses.byHour.get(pauses.lastHour) ?? createSortedWindow(MEMORY_OF_HOUR)
  pauses.byHour.set(pauses.lastHour, atHour)
  atHour.add(length)
  pauses.lengths.add(length)
  pauses.last = moment
  pauses.lastHour = localHour(moment).hour
}

/** The longest pause so far of those that began at the same hour; of all, while that hour is hardly known. */
function longestOf({ first, last, lastHour, lengths, byHour }: Pauses): number {
  const atHour = byHour.get(lastHour)
  const isKnown = atHour && atHour.size >= LEAST_AT_HOUR && last - first >= HOUR_SPAN_MS
  return (isKnown ? atHour : lengths).quantile(1)
}
