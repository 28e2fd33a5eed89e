import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  alignIntervals,
  ceilToGrain,
  floorToGrain,
  GRAINS,
  type Interval,
  intersectIntervals,
  mergeIntervals,
  subtractIntervals,
} from '../../src/domain/interval.js'

const small: fc.Arbitrary<Interval[]> = fc.array(
  fc.tuple(fc.nat(60), fc.nat(12)).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 12 },
)

const points = (intervals: readonly Interval[]): Set<number> => {
  const set = new Set<number>()
  for (const { start, end } of intervals) for (let at = start; at < end; at++) set.add(at)
  return set
}
const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b)

describe('intervals behave like sets of points', () => {
  test('merging keeps the points and leaves sorted, apart, non-empty intervals', () => {
    fc.assert(
      fc.property(small, (intervals) => {
        const merged = mergeIntervals(intervals)
        expect(sorted(points(merged))).toEqual(sorted(points(intervals)))
        merged.forEach(({ start, end }, at) => {
          expect(start).toBeLessThan(end)
          if (at > 0) expect(merged[at - 1]!.end).toBeLessThan(start)
        })
      }),
    )
  })

  test('subtracting and intersecting are those of the points', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const inB = points(b)
        expect(sorted(points(subtractIntervals(a, b)))).toEqual(
          sorted(points(a)).filter((at) => !inB.has(at)),
        )
        expect(sorted(points(intersectIntervals(a, b)))).toEqual(
          sorted(points(a)).filter((at) => inB.has(at)),
        )
      }),
    )
  })
})

describe('grains follow the calendar of the zone', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Dublin',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/New_York',
  )
  const instant = fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2029, 0, 1) })

  test('an instant lies between its floor and its ceiling, and both are fixed points', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...GRAINS), zone, (at, grain, timezone) => {
        const floor = floorToGrain(at, grain, timezone)
        const ceil = ceilToGrain(at, grain, timezone)
        expect(floor).toBeLessThanOrEqual(at)
        expect(ceil).toBeGreaterThanOrEqual(at)
        expect(floorToGrain(floor, grain, timezone)).toBe(floor)
        expect(ceilToGrain(ceil, grain, timezone)).toBe(ceil)
      }),
    )
  })

  test('the day the clocks change in Dublin has 23 or 25 hours', () => {
    const day = (text: string) =>
      alignIntervals([{ start: Date.parse(text), end: Date.parse(text) + 1 }], 'day', 'Europe/Dublin')
    const hours = ([only]: Interval[]) => (only!.end - only!.start) / 3_600_000
    expect(hours(day('2026-03-29T12:00:00Z'))).toBe(23)
    expect(hours(day('2026-10-25T12:00:00Z'))).toBe(25)
  })
})
