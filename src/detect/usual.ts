import { localHours } from './calendar-slots.js'
import { type Expectation, levelExpectation, recentExpectation, seasonalExpectation } from './expectation.js'
import { type Scale, type ScaleKind, scaleOf } from './scale.js'

export type Point = Readonly<{ at: number; value: number }>

/** What is usual at one moment, in the units of the series; `low` may be above 0 for what never was less. */
export type Band = Readonly<{ expected: number; low: number; high: number }>

export type JudgeOptions = Readonly<{
  scale: ScaleKind
  /** IANA name: hours and weekdays are local. */
  timezone: string
  /** Deviations beyond which a value is unusual. */
  width: number
  /** Points before anything is said. */
  warmUp: number
  /** A level that has lasted for so many points, and for so long, is usual from then on. */
  lasting: number
  lastingMs: number
  /** Points that are remembered. */
  memory: number
  /** The band is at least so wide on each side: a part of what is expected, and an absolute number. */
  leastRelative: number
  leastAbsolute: number
}>

export const DEFAULT_JUDGE: JudgeOptions = {
  scale: 'linear',
  timezone: 'UTC',
  width: 3,
  warmUp: 20,
  lasting: 6,
  lastingMs: 30 * 60_000,
  memory: 2016,
  leastRelative: 0,
  leastAbsolute: 0,
}

/** A series as far as it was seen: what it expects next, and how it learns from what comes. */
export interface Usual {
  /** Null while there is not enough history. */
  bandAt(at: number): Band | null
  /** The band at the point, made of points before it alone, and which side the point is on. Points come in order. */
  judge(point: Point): Readonly<{ band: Band | null; side: Side }>
}
export type Side = 'low' | 'usual' | 'high'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How much of its own past a season needs. */
const HOUR_SPAN_MS = 3 * DAY_MS
const WEEKDAY_SPAN_MS = 21 * DAY_MS
const RECENT_VALUES = 9
/** Beyond it sums and differences of values leave the range of numbers, and no band could be said. */
const LARGEST = 1e300

/**
 * The life of a series: warming up (silent) → judged. Unusual points wait outside what is learned: when the series
 * comes back they are learned as spikes, and after `lasting` of them in a row on one side they are the new usual.
 */
export function startUsual(options: JudgeOptions): Usual {
  const first: Point[] = []
  let judged: Usual | null = null
  return {
    bandAt: (at) => judged?.bandAt(at) ?? null,
    judge: (given) => {
      // No number is nothing to learn from.
      if (!Number.isFinite(given.value)) return { band: judged?.bandAt(given.at) ?? null, side: 'usual' }
      const point = { at: given.at, value: Math.min(Math.max(given.value, -LARGEST), LARGEST) }
      if (judged) return judged.judge(point)
      first.push(point)
      if (first.length >= options.warmUp) judged = judgedSeries(first, options)
      return { band: null, side: 'usual' }
    },
  }
}

function judgedSeries(first: readonly Point[], options: JudgeOptions): Usual {
  const scale = scaleOf(
    options.scale,
    first.map(({ value }) => value),
  )
  const candidates = expectations(options).map((expectation) => rated(expectation, scale, options))
  const learn = (at: number, scaled: number) => {
    for (const { expectation } of candidates) expectation.learn(at, scaled)
  }
  for (const { at, value } of first) learn(at, scale.to(value))
  let waiting: { at: number; scaled: number }[] = []
  let waitingSide: Side = 'usual'
  const learnWaiting = () => {
    for (const { at, scaled } of waiting) learn(at, scaled)
    waiting = []
  }
  const rangesAt = (at: number) => candidates.map((candidate) => ({ candidate, range: candidate.range(at) }))
  const bandOf = (ranges: Ranges) => {
    const found = best(ranges)
    return found && widened(found, scale, options)
  }
  return {
    bandAt: (at) => bandOf(rangesAt(at)),
    judge: ({ at, value }) => {
      const scaled = scale.to(value)
      const ranges = rangesAt(at)
      const band = bandOf(ranges)
      for (const { candidate, range } of ranges) if (range) candidate.rate(range, scaled)
      const side = sideOf(value, band)
      if (side !== waitingSide) learnWaiting()
      waitingSide = side
      if (side === 'usual') learn(at, scaled)
      else if (waiting.push({ at, scaled }) >= options.lasting && at - waiting[0]!.at >= options.lastingMs)
        learnWaiting()
      return { band, side }
    },
  }
}

function sideOf(value: number, band: Band | null): Side {
  if (!band) return 'usual'
  return value > band.high ? 'high' : value < band.low ? 'low' : 'usual'
}

function expectations({ timezone, memory }: JudgeOptions): Expectation[] {
  const local = localHours(timezone)
  const seasonal = (spanMs: number, slotOf: (at: number) => number) =>
    seasonalExpectation({ slotOf, spanMs, memory })
  return [
    levelExpectation(memory, memory),
    recentExpectation(RECENT_VALUES, memory),
    seasonal(HOUR_SPAN_MS, (at) => local(at).hour),
    seasonal(WEEKDAY_SPAN_MS, (at) => local(at).weekday),
    seasonal(WEEKDAY_SPAN_MS, (at) => {
      const { hour, weekday } = local(at)
      return weekday * 24 + hour
    }),
  ]
}

type Range = Readonly<{ center: number; low: number; high: number }>
type Candidate = Readonly<{
  expectation: Expectation
  range(at: number): Range | null
  rate(range: Range, scaled: number): void
  /** Mean interval score so far; smaller is better, infinite while unknown. */
  score(): number
}>

type Ranges = readonly Readonly<{ candidate: Candidate; range: Range | null }>[]

/** Each deviation outside a band counts so many widths: the interval score at a level of 10 %. */
const PENALTY = 20
/** One point cannot ruin a score for ever. */
const WORST_WIDTHS = 20
/** Weight of the newest point in the running mean of scores. */
const NEWEST = 0.002
const LEAST_RATED = 10
/** With few residuals their tails are not known yet, so the band is wider: by a quarter at 20. */
const FEW = 5

function rated(expectation: Expectation, scale: Scale, { width }: JudgeOptions): Candidate {
  let count = 0
  let mean = 0
  const range = (at: number): Range | null => {
    const expected = expectation.expect(at)
    if (!expected) return null
    const { center, spread, known } = expected
    const deviations = width * (1 + FEW / known)
    return {
      center,
      low: center - deviations * Math.max(spread.below, scale.least),
      high: center + deviations * Math.max(spread.above, scale.least),
    }
  }
  return {
    expectation,
    range,
    rate: ({ low, high }, scaled) => {
      const breadth = high - low
      const beyond = Math.max(0, low - scaled, scaled - high)
      const score = Math.min(breadth + PENALTY * beyond, WORST_WIDTHS * breadth)
      const weight = Math.max(NEWEST, 1 / ++count)
      mean += weight * (score - mean)
    },
    score: () => (count < LEAST_RATED ? Number.POSITIVE_INFINITY : mean),
  }
}

/** A later way has to be better by so much to be preferred over a simpler one. */
const CLEARLY_BETTER = 0.95

function best(found: Ranges): Range | null {
  let chosen: Range | null = null
  let score = Number.POSITIVE_INFINITY
  for (const { candidate, range } of found) {
    if (!range || (chosen && !(candidate.score() < score * CLEARLY_BETTER))) continue
    chosen = range
    score = candidate.score()
  }
  return chosen
}

function widened({ center, low, high }: Range, scale: Scale, options: JudgeOptions): Band {
  const expected = scale.from(center)
  const margin = options.leastAbsolute + options.leastRelative * Math.abs(expected)
  return {
    expected,
    low: Math.min(scale.from(low), expected - margin),
    high: Math.max(scale.from(high), expected + margin),
  }
}
