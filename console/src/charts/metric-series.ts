import type { MetricPoint } from '../../../src/app/api/shapes.js'

/** Columns as uPlot takes them: seconds, value, lower and upper edge of the usual band. Null is a gap. */
export type MetricSeries = Readonly<{
  seconds: number[]
  values: (number | null)[]
  low: (number | null)[]
  high: (number | null)[]
  /** Positions of points outside the band. */
  unusual: readonly number[]
  /** For each position the point that is there; null in a gap. */
  points: readonly (MetricPoint | null)[]
}>

/** So many times the usual distance between two points is a gap: one tick left out is not, an outage is. */
const GAP_FACTOR = 4

/** Fewer points have no usual distance. */
const LEAST_POINTS = 8

/** Points in order of time, with a hole wherever nothing was measured for much longer than usual. */
export function metricSeries(given: readonly MetricPoint[]): MetricSeries {
  const sorted = [...given].sort((a, b) => a.at - b.at)
  const limitMs = sorted.length < LEAST_POINTS ? 0 : GAP_FACTOR * medianDistance(sorted)
  const points: (MetricPoint | null)[] = []
  const seconds: number[] = []
  for (const point of sorted) {
    const before = points.at(-1)
    if (before && limitMs > 0 && point.at - before.at > limitMs) {
      points.push(null)
      seconds.push((before.at + 1) / 1_000)
    }
    points.push(point)
    seconds.push(point.at / 1_000)
  }
  // What was never below zero is not expected to be: no axis needs room there.
  const floor = sorted.every(({ value }) => !(value < 0)) ? 0 : Number.NEGATIVE_INFINITY
  return {
    seconds,
    points,
    values: points.map((point) => (point && Number.isFinite(point.value) ? point.value : null)),
    low: points.map((point) => (point?.low == null ? null : Math.max(floor, point.low))),
    high: points.map((point) => point?.high ?? null),
    unusual: points.flatMap((point, index) => (point?.unusual ? [index] : [])),
  }
}

function medianDistance(sorted: readonly MetricPoint[]): number {
  const distances = sorted
    .slice(1)
    .map((point, index) => point.at - sorted[index]!.at)
    .sort((a, b) => a - b)
  return distances[Math.floor(distances.length / 2)] ?? 0
}

/** From the lowest to the highest of all that is drawn, with a tenth of room; from zero where zero is near. */
export function valueRange({ values, low, high }: MetricSeries): readonly [number, number] {
  const known = [...values, ...low, ...high].filter((value): value is number => value !== null)
  if (known.length === 0) return [0, 1]
  const least = known.reduce((a, b) => Math.min(a, b))
  const most = known.reduce((a, b) => Math.max(a, b))
  const room = (most - least || Math.abs(most) || 1) * 0.1
  const bottom = least >= 0 && least < most * 0.6 ? 0 : least - room
  return [least >= 0 ? Math.max(0, bottom) : bottom, most + room]
}
