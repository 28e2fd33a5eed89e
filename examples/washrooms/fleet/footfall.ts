import type { LocalHour } from './calendar.js'
import type { Park, Washroom } from './park.js'
import { PURPOSE, type Random } from './random.js'
import { HOUR } from './settings.js'
import { busyness } from './visits.js'

export const WINDOWS = 12
export const WINDOW = HOUR / WINDOWS

/** People who really come in, in each five minutes of an hour. Busy days and busy hours come by chance too. */
export function arrivals(
  park: Park,
  room: Washroom,
  start: number,
  local: LocalHour,
  random: Random,
): number[] {
  const share = busyness(park.siteOf.get(room.siteId)!.kind, local)
  if (share === 0) return NOBODY
  random.at(PURPOSE.siteDay, room.siteId, local.day)
  const day = Math.exp(0.12 * random.normal() - 0.0072)
  random.at(PURPOSE.visits, room.washroomId, start / HOUR)
  const hour = Math.exp(0.15 * random.normal() - 0.0113)
  const mean = (room.peak * share * day * hour) / WINDOWS
  return Array.from({ length: WINDOWS }, () => random.poisson(mean))
}

const NOBODY: number[] = Array.from({ length: WINDOWS }, () => 0)

export const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
