import type { SortedWindow } from './sorted-window.js'

/** How far values usually lie below and above what was expected, in standard deviations of a normal series. */
export type Spread = Readonly<{ below: number; above: number }>

/** Median distance → standard deviation, for normal values. */
const MAD_SCALE = 1.4826

/** Tails, and how many standard deviations out they begin for normal values. */
const TAILS: readonly (readonly [tail: number, deviations: number])[] = [
  [0.1, 1.2816],
  [0.05, 1.6449],
  [0.02, 2.0537],
  [0.01, 2.3263],
  [0.005, 2.5758],
  [0.002, 2.8782],
  [0.001, 3.0902],
]

/** Half a value beyond a quantile is the least that tells something about it. */
const LEAST_BEYOND = 0.5

/** The scaled median absolute deviation: how wide the quiet part of the series is, whatever its spikes. */
export const coreSpread = (residuals: SortedWindow): number =>
  residuals.size === 0 ? 0 : MAD_SCALE * residuals.deviation(residuals.quantile(0.5))

/**
 * The spread of residuals, each side by itself: the widest that the middle or any tail tells. A series that has
 * spikes now and then is wide by its tails, however quiet it is between them.
 */
export function spreadOf(residuals: SortedWindow): Spread {
  let below = coreSpread(residuals)
  let above = below
  for (const [tail, deviations] of TAILS) {
    if (residuals.size * tail < LEAST_BEYOND) break
    below = Math.max(below, -residuals.quantile(tail) / deviations)
    above = Math.max(above, residuals.quantile(1 - tail) / deviations)
  }
  return { below, above }
}
