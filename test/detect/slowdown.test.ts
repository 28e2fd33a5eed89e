import { describe, expect, test } from 'vitest'
import { type Cost, findSlowdown } from '../../src/detect/slowdown.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Repeatable noise, near normal, of mean 0 and deviation 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6)
}

type Past = { days: number; everyMs?: number; rough?: number; seed?: number }
type Shape = (day: number, at: number) => number

const costs = (
  { days, everyMs = 5 * HOUR, rough = 0.25, seed = 1 }: Past,
  value: Shape,
  size: Shape = () => 1000,
): Cost[] => {
  const random = noise(seed * 7919)
  return Array.from({ length: Math.floor((days * DAY) / everyMs) }, (_one, index) => {
    const at = index * everyMs
    const day = at / DAY
    return { at, value: value(day, at) * Math.exp(rough * random()), size: size(day, at) }
  })
}

const NOBODY = { told: [], isTold: false }
const seeds = Array.from({ length: 20 }, (_one, index) => index + 1)

/** Days on which a slowdown stands, looked for daily with only what was known by then. */
function daysTold(points: readonly Cost[], told: readonly number[] = []): number[] {
  const last = Math.floor(points.at(-1)!.at / DAY)
  const found: number[] = []
  for (let day = 1; day <= last; day++) {
    const isTold = found.at(-1) === day - 1
    const known = points.filter(({ at }) => at < day * DAY)
    if (findSlowdown(known, { told: told.filter((at) => at < day * DAY), isTold })) found.push(day)
  }
  return found
}

describe('a step that takes longer and longer', () => {
  test('is found at 1 % a day, within nine weeks, and stands from then on', () => {
    for (const seed of seeds.slice(0, 5)) {
      const days = daysTold(costs({ days: 90, seed }, (day) => 4000 * 1.01 ** day))
      expect(days[0]).toBeGreaterThan(30)
      expect(days[0]).toBeLessThan(63)
      expect(days).toEqual(Array.from({ length: days.length }, (_one, index) => days[0]! + index))
      expect(days.at(-1)).toBe(89)
    }
  })

  test('is found at 5 % a day within three weeks, and at 0.3 % within half a year', () => {
    expect(daysTold(costs({ days: 30 }, (day) => 4000 * 1.05 ** day))[0]).toBeLessThanOrEqual(22)
    expect(daysTold(costs({ days: 180 }, (day) => 4000 * 1.003 ** day))[0]).toBeLessThan(180)
  })

  test('is found by daily and weekly steps too', () => {
    const grown: Shape = (day) => 60_000 * 1.01 ** day
    expect(daysTold(costs({ days: 80, everyMs: DAY, rough: 0.1 }, grown))[0]).toBeLessThan(63)
    expect(findSlowdown(costs({ days: 180, everyMs: 7 * DAY, rough: 0.1 }, grown), NOBODY)).not.toBeNull()
  })

  test('is told with what it cost then and now', () => {
    const found = findSlowdown(
      costs({ days: 70, rough: 0 }, (day) => 4000 * 1.01 ** day),
      NOBODY,
    )
    expect(found?.reference).toBeGreaterThan(4000)
    expect(found?.reference).toBeLessThan(4400)
    expect(found!.value / found!.reference).toBeCloseTo(1.01 ** 63, 1)
    expect(found?.sizeRatio).toBe(1)
    expect(found!.since).toBeLessThan(8 * DAY)
  })

  test('stays until it is fixed, and is over within a week of the fix', () => {
    const days = daysTold(costs({ days: 90 }, (day) => (day < 75 ? 4000 * 1.01 ** day : 4000)))
    expect(days.at(-1)).toBeGreaterThanOrEqual(75)
    expect(days.at(-1)).toBeLessThan(82)
  })
})

describe('nothing crept up', () => {
  const never = (shape: Shape, size?: Shape, past: Partial<Past> = {}) => {
    for (const seed of seeds) expect(daysTold(costs({ days: 120, seed, ...past }, shape, size))).toEqual([])
  }

  test('in steps that vary by a quarter, several times a day, daily or weekly', () => {
    never(() => 4000, undefined, { everyMs: 8 * HOUR })
    never(() => 4000, undefined, { everyMs: DAY })
    never(() => 4000, undefined, { everyMs: 7 * DAY })
  })

  test('where twice as long comes with twice the rows', () => {
    never(
      (day) => 4000 * 1.01 ** day,
      (day) => 1000 * 1.01 ** day,
      { everyMs: DAY },
    )
  })

  test('by hours of the day, weekends, or a quiet fortnight', () => {
    const busy: Shape = (day, at) =>
      4000 * ((at / HOUR) % 24 < 8 ? 0.5 : 1) * (Math.floor(day) % 7 >= 5 ? 0.4 : 1)
    never(busy)
    never(
      (day) => (day > 60 && day < 74 ? 2000 : 4000),
      (day) => (day > 60 && day < 74 ? 500 : 1000),
    )
  })

  test('in milliseconds that nobody waits for', () => {
    never((day) => 40 * 1.01 ** day, undefined, { everyMs: DAY })
  })

  test('in a step that doubled at once and was told to have', () => {
    const doubled = costs({ days: 90 }, (day) => (day < 45 ? 4000 : 8000))
    expect(daysTold(doubled, [45 * DAY])).toEqual([])
  })

  test('before there are three weeks of it', () => {
    expect(daysTold(costs({ days: 15 }, (day) => 4000 * 1.1 ** day))).toEqual([])
  })
})

test('a spike that was told does not hide what crept up', () => {
  const spiked = costs({ days: 70 }, (day) => 4000 * 1.01 ** day).map((cost, index) =>
    index === 150 ? { ...cost, value: 90_000 } : cost,
  )
  expect(findSlowdown(spiked, { told: [spiked[150]!.at], isTold: false })).not.toBeNull()
})

test('numbers that are none, and no points at all, are nothing', () => {
  expect(findSlowdown([], NOBODY)).toBeNull()
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, 0, -1].map((value, index) => ({
    at: index * DAY,
    value,
    size: null,
  }))
  expect(findSlowdown(odd, NOBODY)).toBeNull()
})
