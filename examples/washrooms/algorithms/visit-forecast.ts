import type { VisitsBetween } from './fill-filter.js'

const HOUR = 3_600_000
const WEEK_HOURS = 168

export type HourlyVisits = Readonly<{ washroomId: number; hour: number; visits: number }>

/**
 * Visits per washroom between any two instants: what was counted where it was counted, the washroom's own mean for
 * that hour of the week elsewhere. Within an hour visits are taken to be spread evenly.
 */
export function visitsByWashroom(rows: Iterable<HourlyVisits>): (washroomId: number) => VisitsBetween {
  const counted = new Map<number, Map<number, number>>()
  for (const { washroomId, hour, visits } of rows) {
    const hours = counted.get(washroomId) ?? new Map<number, number>()
    hours.set(Math.floor(hour / HOUR), visits)
    counted.set(washroomId, hours)
  }
  const known = new Map<number, VisitsBetween>()
  return (washroomId) => {
    const before = known.get(washroomId)
    if (before) return before
    const visits = visitsOf(counted.get(washroomId) ?? new Map<number, number>())
    known.set(washroomId, visits)
    return visits
  }
}

function visitsOf(hours: ReadonlyMap<number, number>): VisitsBetween {
  const usual = usualWeek(hours)
  return (from, to) => {
    let visits = 0
    let sure = true
    for (let hour = Math.floor(from / HOUR); hour * HOUR < to; hour++) {
      const share = (Math.min(to, (hour + 1) * HOUR) - Math.max(from, hour * HOUR)) / HOUR
      const seen = hours.get(hour)
      if (seen === undefined) sure = false
      visits += share * (seen ?? usual[hour % WEEK_HOURS]!)
    }
    return { visits, sure }
  }
}

/** Mean visits for each hour of the week. */
function usualWeek(hours: ReadonlyMap<number, number>): Float64Array {
  const sums = new Float64Array(WEEK_HOURS)
  const weeks = new Float64Array(WEEK_HOURS)
  for (const [hour, visits] of hours) {
    sums[hour % WEEK_HOURS]! += visits
    weeks[hour % WEEK_HOURS]! += 1
  }
  return sums.map((sum, index) => (weeks[index]! > 0 ? sum / weeks[index]! : 0))
}
