import fc from 'fast-check'
import { DateTime, IANAZone } from 'luxon'
import { describe, expect, test } from 'vitest'
import { lastTick, nextTick, ticksWithin } from '../../../src/planner/schedule/ticks.js'

const instant = (local: string, zone: string) => DateTime.fromISO(local, { zone }).toMillis()
/** Ticks between two local times as the wall clock shows them, with how far it is ahead of UTC. */
const wall = (pattern: string, zone: string, from: string, until: string) =>
  [...ticksWithin({ pattern, timezone: zone }, instant(from, zone), instant(until, zone))].map((tick) =>
    DateTime.fromMillis(tick, { zone }).toFormat('d HH:mm ZZ'),
  )

describe('a day on which clocks are put forward', () => {
  const spring = (pattern: string) => wall(pattern, 'Europe/Dublin', '2026-03-28T23:59', '2026-03-29T04:00')
  test('runs a fixed time that does not exist once, right after the gap', () => {
    expect(spring('30 1 * * *')).toEqual(['29 02:00 +01:00'])
    expect(spring('5,15,45 1 * * *')).toEqual(['29 02:00 +01:00'])
    expect(spring('15,45 1-2 * * *')).toEqual(['29 02:00 +01:00', '29 02:15 +01:00', '29 02:45 +01:00'])
    expect(spring('0 1,2 * * *')).toEqual(['29 02:00 +01:00'])
  })
  test('goes on every so many minutes', () => {
    expect(spring('*/30 * * * *')).toEqual([
      '29 00:00 +00:00',
      '29 00:30 +00:00',
      '29 02:00 +01:00',
      '29 02:30 +01:00',
      '29 03:00 +01:00',
      '29 03:30 +01:00',
      '29 04:00 +01:00',
    ])
  })
  test('makes up for an hour of every so many that was skipped', () => {
    expect(spring('0 1-23/3 * * *')).toEqual(['29 02:00 +01:00', '29 04:00 +01:00'])
    expect(wall('0 */6 * * *', 'America/Santiago', '2026-09-05T17:00', '2026-09-06T07:00')).toEqual([
      '5 18:00 -04:00',
      '6 01:00 -03:00',
      '6 06:00 -03:00',
    ])
  })
  test('is known where clocks are put forward by half an hour', () => {
    const lordHowe = (pattern: string) =>
      wall(pattern, 'Australia/Lord_Howe', '2026-10-04T00:59', '2026-10-04T03:00')
    expect(lordHowe('15 2 * * *')).toEqual(['4 02:30 +11:00'])
    expect(lordHowe('*/30 * * * *')).toEqual([
      '4 01:00 +10:30',
      '4 01:30 +10:30',
      '4 02:30 +11:00',
      '4 03:00 +11:00',
    ])
  })
  test('may be missing as a whole', () => {
    const samoa = (pattern: string) => wall(pattern, 'Pacific/Apia', '2011-12-29T12:00', '2011-12-31T12:00')
    expect(samoa('0 6 * * *')).toEqual(['31 00:00 +14:00', '31 06:00 +14:00'])
  })
})

describe('a day on which clocks are put back', () => {
  const autumn = (pattern: string) => wall(pattern, 'Europe/Dublin', '2026-10-24T23:59', '2026-10-25T03:00')
  test('runs a fixed time that comes twice in the first of the two hours', () => {
    expect(autumn('30 1 * * *')).toEqual(['25 01:30 +01:00'])
    expect(autumn('0,30 1-2 * * *')).toEqual([
      '25 01:00 +01:00',
      '25 01:30 +01:00',
      '25 02:00 +00:00',
      '25 02:30 +00:00',
    ])
  })
  test('goes on every so many minutes through both', () => {
    expect(autumn('*/30 * * * *')).toEqual([
      '25 00:00 +01:00',
      '25 00:30 +01:00',
      '25 01:00 +01:00',
      '25 01:30 +01:00',
      '25 01:00 +00:00',
      '25 01:30 +00:00',
      '25 02:00 +00:00',
      '25 02:30 +00:00',
      '25 03:00 +00:00',
    ])
  })
})

test('seconds come first in a pattern of six fields, and names stand for patterns', () => {
  const timetable = { pattern: '*/20 30 6 * * *', timezone: 'Asia/Kathmandu' }
  const from = instant('2026-02-01T06:30:10', 'Asia/Kathmandu')
  expect([...ticksWithin(timetable, from, from + 86_400_000)].map((tick) => (tick - from) / 1000)).toEqual([
    10, 30, 86_390,
  ])
  expect(wall('@daily', 'Asia/Kathmandu', '2026-02-01T00:00', '2026-02-03T00:00')).toEqual([
    '2 00:00 +05:45',
    '3 00:00 +05:45',
  ])
  expect(wall('0 0 * * 7', 'UTC', '2026-02-01T00:00', '2026-02-15T00:00')).toHaveLength(2)
})

test('the next and the last tick are found however far off they are', () => {
  const leap = { pattern: '0 6 29 2 *', timezone: 'Europe/Dublin' }
  expect(nextTick(leap, instant('2026-01-01', 'UTC'))).toBe(instant('2028-02-29T06:00', 'Europe/Dublin'))
  expect(nextTick(leap, instant('2096-03-01', 'UTC'))).toBe(instant('2104-02-29T06:00', 'Europe/Dublin'))
  expect(lastTick(leap, instant('2001-01-01', 'UTC'), instant('2027-01-01', 'UTC'))).toBe(
    instant('2024-02-29T06:00', 'Europe/Dublin'),
  )
  expect(lastTick(leap, instant('2025-01-01', 'UTC'), instant('2027-01-01', 'UTC'))).toBe(null)
})

const ZONES = [
  'Europe/Dublin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/New_York',
  'America/Santiago',
  'Africa/Casablanca',
  'Pacific/Apia',
  'UTC',
]
const zone = fc.constantFrom(...ZONES)
/** Samoa left out a whole day in 2011, and a tick of that day is made up for on the next. */
const zoneOfWholeDays = fc.constantFrom(...ZONES.filter((name) => name !== 'Pacific/Apia'))
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A minute between 2010 and 2030, half of the time within a day of a change of clocks. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: 20 * 365 * 24 * 60 }), fc.boolean())
  .map(([minutes, near]) => ({ at: Date.UTC(2010) + minutes * MINUTE_MS, near }))
const nearChange = (at: number, near: boolean, timezone: string): number => {
  if (!near) return at
  for (let day = 0; day < 370; day++) {
    const next = at + DAY_MS
    if (offset(at, timezone) !== offset(next, timezone)) return at
    at = next
  }
  return at
}
const offset = (at: number, timezone: string) => IANAZone.create(timezone).offset(at)
/** What the wall clock shows, as the UTC time of a date. */
const shown = (at: number, timezone: string) => new Date(at + offset(at, timezone) * MINUTE_MS)

const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 3 })
const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 })

describe('in any zone', () => {
  test('a pattern of every hour comes at every minute the wall clock shows it', () => {
    fc.assert(
      fc.property(zone, moment, minutes, (timezone, { at, near }, wanted) => {
        const from = nearChange(at, near, timezone)
        const ticks = [...ticksWithin({ pattern: `${wanted} * * * *`, timezone }, from, from + 2 * DAY_MS)]
        const meant: number[] = []
        for (let minute = from + MINUTE_MS; minute <= from + 2 * DAY_MS; minute += MINUTE_MS)
          if (wanted.includes(shown(minute, timezone).getUTCMinutes())) meant.push(minute)
        expect(ticks).toEqual(meant)
      }),
      { numRuns: 20 },
    )
  })

  test('a fixed time comes once on every day there is, and at that time if there is such a time', () => {
    fc.assert(
      fc.property(
        zoneOfWholeDays,
        moment,
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (timezone, { at, near }, hour, minute) => {
          const day = DateTime.fromMillis(nearChange(at, near, timezone), { zone: timezone }).startOf('day')
          for (let days = 0; days < 3; days++) {
            const date = day.plus({ days })
            const [start, end] = [date.startOf('day').toMillis(), date.endOf('day').toMillis()]
            const ticks = [...ticksWithin({ pattern: `${minute} ${hour} * * *`, timezone }, start - 1, end)]
            const meant: number[] = []
            for (let each = start; each <= end; each += MINUTE_MS) {
              const clock = shown(each, timezone)
              if (clock.getUTCHours() === hour && clock.getUTCMinutes() === minute) meant.push(each)
            }
            if (meant.length > 0) expect(ticks).toEqual(meant.slice(0, 1))
            else {
              // Skipped: right after the gap.
              expect(ticks).toHaveLength(1)
              expect(offset(ticks[0]!, timezone)).toBeGreaterThan(offset(ticks[0]! - 1, timezone))
            }
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  test('two stretches of time have together what the whole has, and the next tick is the first', () => {
    const pattern = fc.oneof(
      fc.tuple(minutes, hours).map(([m, h]) => `${m} ${h} * * *`),
      fc.constantFrom('*/7 * * * *', '0 */5 * * *', '10 1-23/2 * * *', '0 0 * * *', '30 2 * * 0'),
    )
    fc.assert(
      fc.property(
        zone,
        moment,
        pattern,
        fc.integer({ min: 0, max: 4 * 24 * 60 * 60 }),
        (timezone, { at, near }, text, cut) => {
          const timetable = { pattern: text, timezone }
          const from = nearChange(at, near, timezone) - DAY_MS
          const middle = from + cut * 1_000
          const until = from + 4 * DAY_MS
          const whole = [...ticksWithin(timetable, from, until)]
          const parts = [...ticksWithin(timetable, from, middle), ...ticksWithin(timetable, middle, until)]
          expect(parts).toEqual(whole)
          const after = whole.filter((tick) => tick > middle)
          if (after[0] !== undefined) expect(nextTick(timetable, middle)).toBe(after[0])
          expect(lastTick(timetable, from, until)).toBe(whole.at(-1) ?? null)
          let tick = from
          for (const expected of whole.slice(0, 5)) {
            tick = nextTick(timetable, tick)!
            expect(tick).toBe(expected)
          }
        },
      ),
      { numRuns: 120 },
    )
  })
})
