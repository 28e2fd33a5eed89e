import { quantileOf } from './sorted-window.js'

/** One step: what it cost, and for how many rows; null where it has none. */
export type Cost = Readonly<{ at: number; value: number; size: number | null }>

/** What it costs now against a stretch of its own past, told jumps taken out. */
export type Slowdown = Readonly<{
  /** Medians of the latest stretch and of the one it is compared with. */
  value: number
  reference: number
  /** The middle of the stretch it is compared with. */
  since: number
  /** Rows now for each row then. */
  sizeRatio: number
}>

const DAY_MS = 24 * 60 * 60_000
/** A stretch is a week or more, so that every weekday counts, and no fewer points than a median can bear. */
const STRETCH_MS = 7 * DAY_MS
const LEAST_POINTS = 5
const LEAST_STRETCHES = 3
/** Half as long again is the least anybody is told of, as with single steps; what was told stays so down to this. */
const TOLD_FROM = 1.5
const TOLD_DOWN_TO = 1.2
const LEAST_ABSOLUTE = 500
/** Kendall's rank correlation with time, in deviations: it has to rise all along, not to be up by chance. */
const LEAST_TREND = 3
/** The difference of two medians, in standard errors of it. */
const LEAST_CERTAINTY = 4
/** A change of level at a moment that people were told of; smaller ones are the slow change itself. */
const LEAST_JUMP = 1.25

/**
 * A cost that crept up so slowly that every single step looked usual: the median of the last week against the week in
 * which a row cost least. Growth that comes with as many more rows is none, nor is a jump at a moment in `told`. Null
 * where nothing crept up, or too little is known. Points are oldest first.
 */
export function findSlowdown(
  points: readonly Cost[],
  { told, isTold }: { told: readonly number[]; isTold: boolean },
): Slowdown | null {
  const levelled = withoutJumps(
    points.filter(({ value }) => Number.isFinite(value) && value > 0),
    told,
  )
  const stretches = stretchesOf(levelled)
  const latest = stretches[0]
  if (!latest || stretches.length < LEAST_STRETCHES) return null
  const [worst] = stretches
    .slice(1)
    .map((stretch) => ({ stretch, found: compared(latest, stretch) }))
    .sort((a, b) => excess(b.found) - excess(a.found))
  if (!worst || excess(worst.found) < (isTold ? TOLD_DOWN_TO : TOLD_FROM)) return null
  const { found, stretch } = worst
  if (found.value - found.reference * Math.max(1, found.sizeRatio) < LEAST_ABSOLUTE) return null
  const rising = levelled.filter(({ at }) => at >= stretch.points[0]!.at)
  const isSure = Math.log(excess(found)) >= LEAST_CERTAINTY * Math.hypot(latest.error, stretch.error)
  return isTold || (isSure && trend(dailyCosts(rising)) >= LEAST_TREND) ? found : null
}

/** `error`: of the median, as a part of it. */
type Stretch = Readonly<{ points: readonly Cost[]; value: number; size: number | null; error: number }>

/** Median distance → standard deviation, and standard deviation → error of a median, for normal values. */
const MAD_SCALE = 1.4826
const MEDIAN_ERROR = 1.2533

const median = (values: readonly number[]): number =>
  quantileOf(
    [...values].sort((a, b) => a - b),
    0.5,
  )

function stretchOf(points: readonly Cost[]): Stretch {
  const sizes = points.flatMap(({ size }) => (size === null ? [] : [size]))
  const value = median(points.map(({ value }) => value))
  const apart = median(points.map((point) => Math.abs(Math.log(point.value / value))))
  return {
    points,
    value,
    error: (MAD_SCALE * MEDIAN_ERROR * apart) / Math.sqrt(points.length),
    size: sizes.length === 0 ? null : median(sizes),
  }
}

/** From the newest backwards; what is left over at the old end is too little to be compared with. */
function stretchesOf(points: readonly Cost[]): Stretch[] {
  const found: Stretch[] = []
  for (let end = points.length; end > 0; ) {
    const newest = points[end - 1]!.at
    let start = end
    while (start > 0 && (points[start - 1]!.at > newest - STRETCH_MS || end - start < LEAST_POINTS)) start--
    const isWhole =
      end - start >= LEAST_POINTS && (start > 0 || newest - points[0]!.at >= STRETCH_MS - DAY_MS)
    if (isWhole) found.push(stretchOf(points.slice(start, end)))
    end = start
  }
  return found
}

function compared(latest: Stretch, past: Stretch): Slowdown {
  return {
    value: latest.value,
    reference: past.value,
    since: past.points[past.points.length >> 1]!.at,
    sizeRatio: latest.size && past.size ? latest.size / past.size : 1,
  }
}

const excess = ({ value, reference, sizeRatio }: Slowdown): number =>
  value / (reference * Math.max(1, sizeRatio))

/** Lifts what came before a told change of level to what came after it. */
function withoutJumps(points: readonly Cost[], told: readonly number[]): Cost[] {
  let levelled = [...points]
  for (const at of [...told].sort((a, b) => b - a)) {
    const before = levelled.filter((point) => point.at < at && point.at >= at - STRETCH_MS)
    const after = levelled.filter((point) => point.at >= at && point.at < at + STRETCH_MS)
    if (before.length < LEAST_POINTS || after.length < LEAST_POINTS) continue
    const jump = stretchOf(after).value / stretchOf(before).value
    if (jump < LEAST_JUMP) continue
    levelled = levelled.map((point) => (point.at < at ? { ...point, value: point.value * jump } : point))
  }
  return levelled
}

/** One number a day, the cost of a row where rows are known: a day's own ups and downs are no trend. */
function dailyCosts(points: readonly Cost[]): number[] {
  const days = new Map<number, number[]>()
  for (const { at, value, size } of points) {
    const day = Math.floor(at / DAY_MS)
    days.set(day, [...(days.get(day) ?? []), value / Math.max(1, size ?? 1)])
  }
  return [...days.values()].map(median)
}

/** Mann and Kendall's test: pairs that rise less pairs that fall, in standard deviations of a series without trend. */
function trend(values: readonly number[]): number {
  const count = values.length
  let rising = 0
  for (let later = 1; later < count; later++)
    for (let earlier = 0; earlier < later; earlier++) rising += Math.sign(values[later]! - values[earlier]!)
  return rising / Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)
}
