/** The last values of a series, kept in order of size too, so that quantiles cost next to nothing. */
export interface SortedWindow {
  readonly size: number
  /** Drops the oldest value once `limit` are kept. */
  add(value: number): void
  /** Between the two nearest values; NaN for an empty window. `p` from 0 to 1. */
  quantile(p: number): number
  /** Median distance from `center`. */
  deviation(center: number): number
  clear(): void
}

export function createSortedWindow(limit: number): SortedWindow {
  const sorted: number[] = []
  /** In order of arrival; a ring once it is full. */
  const arrived: number[] = []
  let oldest = 0
  return {
    get size() {
      return sorted.length
    },
    add: (value) => {
      if (arrived.length < limit) arrived.push(value)
      else {
        sorted.splice(placeOf(sorted, arrived[oldest]!), 1)
        arrived[oldest] = value
        oldest = (oldest + 1) % limit
      }
      sorted.splice(placeOf(sorted, value), 0, value)
    },
    quantile: (p) => quantileOf(sorted, p),
    deviation: (center) => deviationOf(sorted, center),
    clear: () => {
      sorted.length = 0
      arrived.length = 0
      oldest = 0
    },
  }
}

/** Index of the first value that is not smaller. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Of values in ascending order. */
export function quantileOf(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = p * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (place - below)
}

/** Median of |value - center|: the nearest half lies in one stretch, which grows from the center outwards. */
function deviationOf(sorted: readonly number[], center: number): number {
  if (sorted.length === 0) return Number.NaN
  const half = (sorted.length + 1) >>> 1
  // The stretch [from, from + half) whose farther end is nearest: found by halving, since both ends only grow.
  let low = 0
  let high = sorted.length - half
  while (low < high) {
    const from = (low + high) >>> 1
    if (center - sorted[from]! > sorted[from + half]! - center) low = from + 1
    else high = from
  }
  return Math.max(center - sorted[low]!, sorted[low + half - 1]! - center)
}
