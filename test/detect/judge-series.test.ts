import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chosenOn,
  type Detector,
  heldOut,
  readLabelledSeries,
  scoreDetection,
  threeSigma,
} from '../../benchmarks/support/score-detection.js'
import { bandFor, judgeSeries } from '../../src/detect/judge-series.js'
import type { Point } from '../../src/detect/usual.js'
import { SHARED_DATA_MISSING, sharedData } from '../support/shared-data.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MONDAY = Date.UTC(2026, 0, 5)

/** Repeatable noise between -1 and 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}

const series = (count: number, stepMs: number, valueAt: (at: number, index: number) => number): Point[] =>
  Array.from({ length: count }, (_one, index) => {
    const at = MONDAY + index * stepMs
    return { at, value: valueAt(at, index) }
  })

const unusualOf = (points: readonly Point[], options = {}) =>
  judgeSeries(points, options).flatMap(({ unusual }, index) => (unusual ? [index] : []))

describe('the usual band', () => {
  test('says nothing before it has seen enough', () => {
    const judged = judgeSeries(series(20, HOUR, (_at, index) => (index === 15 ? 1e9 : 10)))
    expect(judged.every(({ low, high, unusual }) => low === null && high === null && !unusual)).toBe(true)
  })

  test('of a point depends on the points before it alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 25, maxLength: 120 }),
        fc.integer({ min: 20, max: 119 }),
        (values, cut) => {
          const points = values.map((value, index) => ({ at: MONDAY + index * 6 * HOUR, value }))
          const before = points.slice(0, cut)
          expect(judgeSeries(points).slice(0, cut)).toEqual(judgeSeries(before))
          const band = bandFor(before, points[cut]?.at ?? 0)
          const judged = judgeSeries(points)[cut]
          if (judged) expect(band?.high ?? null).toEqual(judged.high)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('is made of finite numbers that enclose what is expected, whatever came before', () => {
    const any = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, -0, 1e308, -1e308, Number.NaN, Infinity),
    )
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 21, maxLength: 60 }),
        fc.constantFrom('linear' as const, 'ratio' as const),
        (values, scale) => {
          for (const { low, high, expected } of judgeSeries(
            values.map((value, index) => ({ at: MONDAY + index * HOUR, value })),
            { scale },
          )) {
            if (low === null || high === null || expected === null) continue
            expect(low <= expected && expected <= high).toBe(true)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('finds a duration that doubles, and takes it for usual once it has lasted', () => {
    const jitter = noise(1)
    const points = series(
      200,
      15 * 60_000,
      (_at, index) => (index < 120 ? 1000 : 2000) * (1 + 0.1 * jitter()),
    )
    const unusual = unusualOf(points, { scale: 'ratio', leastRelative: 0.3, leastAbsolute: 250 })
    expect(unusual[0]).toBe(120)
    expect(unusual.length).toBeLessThan(10)
    expect(unusual.every((index) => index >= 120 && index < 130)).toBe(true)
  })

  test('takes a spike that comes every day for usual', () => {
    const jitter = noise(2)
    const points = series(24 * 14, HOUR, (_at, index) => (index % 24 === 3 ? 900 : 100) + 5 * jitter())
    expect(unusualOf(points).filter((index) => index > 5 * 24)).toEqual([])
  })

  test('finds an hour that is wrong for its time of day, though its value is common', () => {
    const jitter = noise(3)
    const busy = (at: number) => new Date(at).getUTCHours() >= 8 && new Date(at).getUTCHours() < 18
    const quietDay = MONDAY + 12 * DAY
    const points = series(24 * 14, HOUR, (at) => {
      const open = busy(at) && !(at >= quietDay && at < quietDay + DAY)
      return (open ? 500 : 20) * (1 + 0.05 * jitter())
    })
    const unusual = unusualOf(points, { scale: 'ratio' }).filter((index) => index >= 7 * 24)
    expect(unusual.length).toBeGreaterThan(0)
    expect(unusual.every((index) => Math.floor(index / 24) === 12)).toBe(true)
  })

  test('counts hours in the time zone it is given, over a change of the clocks', () => {
    const jitter = noise(4)
    const start = Date.UTC(2026, 2, 8)
    const hour = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Dublin',
      hour: '2-digit',
      hourCycle: 'h23',
    })
    const points = Array.from({ length: 24 * 40 }, (_one, index) => {
      const at = start + index * HOUR
      const local = Number(hour.format(at))
      return { at, value: (local >= 9 && local < 17 ? 800 : 50) * (1 + 0.04 * jitter()) }
    })
    const later = (timezone: string) =>
      unusualOf(points, { scale: 'ratio', timezone }).filter((index) => index > 10 * 24).length
    expect(later('Europe/Dublin')).toBe(0)
    expect(later('UTC')).toBeGreaterThan(0)
  })

  test('knows that Sundays are quiet after three weeks, and finds a Sunday that is not', () => {
    const jitter = noise(5)
    const sunday = (at: number) => new Date(at).getUTCDay() === 0
    const loudSunday = MONDAY + (9 * 7 + 6) * DAY
    const points = series(70, DAY, (at) => {
      const rows = sunday(at) && at !== loudSunday ? 5_000 : 10_000
      return rows * (1 + 0.03 * jitter())
    })
    const judged = judgeSeries(points, { scale: 'ratio' })
    const unusual = judged.filter(({ unusual }) => unusual).map(({ at }) => at)
    expect(unusual.filter((at) => at > MONDAY + 28 * DAY)).toEqual([loudSunday])
  })

  test('follows a table that grows', () => {
    const jitter = noise(6)
    for (const daily of [1.005, 1.01, 1.03]) {
      const points = series(365, DAY, (_at, index) => 10_000 * daily ** index * (1 + 0.01 * jitter()))
      expect(unusualOf(points, { scale: 'ratio', leastRelative: 0.1 }).length).toBeLessThan(4)
    }
  })
})

describe.skipIf(sharedData === null)(
  `on the Numenta Anomaly Benchmark${sharedData === null ? ` (${SHARED_DATA_MISSING}anomalies)` : ''}`,
  () => {
    const all = sharedData === null ? [] : readLabelledSeries(join(sharedData, 'anomalies'))
    const band: Detector = (points) => judgeSeries(points).map(({ unusual }) => unusual)
    const sigmas = [threeSigma(Number.POSITIVE_INFINITY, 288), threeSigma(288, 288)]

    test('the band finds as much as docs/detection.md says, with as few false alarms', () => {
      const { found, windows, points, falseEpisodes, falsePoints } = scoreDetection(all, band)
      expect(windows).toBe(36)
      expect(found).toBeGreaterThanOrEqual(31)
      expect((falseEpisodes / points) * 1000).toBeLessThan(2.45)
      expect((falsePoints / points) * 1000).toBeLessThan(7)
    })

    test('it beats 3 sigma on windows and on false episodes, on both halves of the series', () => {
      for (const half of [chosenOn(all), heldOut(all)]) {
        const ours = scoreDetection(half, band)
        for (const sigma of sigmas) {
          const plain = scoreDetection(half, sigma)
          expect(ours.found).toBeGreaterThanOrEqual(plain.found)
          expect(ours.falseEpisodes).toBeLessThan(plain.falseEpisodes)
        }
      }
    })
  },
)
