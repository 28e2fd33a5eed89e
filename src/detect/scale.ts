import { quantileOf } from './sorted-window.js'

/**
 * The scale on which a series is judged. `linear`: differences count. `ratio`: factors count, for numbers that are
 * never negative, such as durations and rows; near zero it is linear, so that 2 rows instead of 1 is no doubling.
 */
export type ScaleKind = 'linear' | 'ratio'

export type Scale = Readonly<{
  to(value: number): number
  from(scaled: number): number
  /** Spread below which a series counts as constant, on this scale. */
  least: number
}>

/** Part of the typical size below which differences are nothing. */
const LEAST_RELATIVE = 0.03
/** Part of the typical size below which the ratio scale turns linear. */
const NEAR_ZERO = 0.05

/** From the first values of a series. One with a negative value is always judged by differences. */
export function scaleOf(kind: ScaleKind, values: readonly number[]): Scale {
  const sizes = values.map(Math.abs).sort((a, b) => a - b)
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length)
  const typical = Math.max(quantileOf(sizes, 0.5), mean, Number.MIN_VALUE)
  if (kind === 'linear' || values.some((value) => value < 0))
    return { to: (value) => value, from: (scaled) => scaled, least: LEAST_RELATIVE * typical }
  const zero = NEAR_ZERO * Math.max(typical, 1e-9)
  return {
    to: (value) => Math.log(Math.max(value, 0) + zero),
    from: (scaled) => Math.max(0, Math.exp(scaled) - zero),
    least: LEAST_RELATIVE,
  }
}
