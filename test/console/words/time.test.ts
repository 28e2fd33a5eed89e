import { describe, expect, test } from 'vitest'
import { ago, clockMillis, clockTime, duration, exactTime, moment } from '../../../console/src/words/time.js'

const S = 1_000
const MIN = 60 * S
const H = 60 * MIN
const DAY = 24 * H

describe('durations', () => {
  test('have two units at most, and none that is zero', () => {
    const said = [0, 340, 1_449, 9_960, 42 * S, 125 * S, 120 * S, 40 * MIN, 192 * MIN, 26 * H, 5 * DAY].map(
      duration,
    )
    expect(said).toEqual([
      '0 ms',
      '340 ms',
      '1.4 s',
      '10 s',
      '42 s',
      '2 min 5 s',
      '2 min',
      '40 min',
      '3 h 12 min',
      '1 day 2 h',
      '5 days',
    ])
  })

  test('never round up to sixty of the smaller unit', () => {
    expect(duration(999.7)).toBe('1 s')
    expect(duration(59_700)).toBe('1 min')
    expect(duration(119_800)).toBe('2 min')
    expect(duration(59.8 * MIN)).toBe('1 h')
  })
})

describe('ages', () => {
  const now = Date.UTC(2024, 1, 5, 10, 15)
  test('are told in one unit, and ahead as well', () => {
    const said = [0, 4 * S, 59 * S, 3 * MIN + 50 * S, 5 * H, DAY, 9 * DAY].map((past) => ago(now - past, now))
    expect(said).toEqual([
      'just now',
      'just now',
      '59 s ago',
      '3 min ago',
      '5 h ago',
      '1 day ago',
      '9 days ago',
    ])
    expect(ago(now + 5 * MIN, now)).toBe('in 5 min')
  })
})

describe('moments', () => {
  test('are told in the project’s zone, over a change of clocks too', () => {
    expect(clockTime(Date.UTC(2024, 0, 5, 10, 15), 'Europe/Dublin')).toBe('10:15')
    expect(clockTime(Date.UTC(2024, 6, 5, 10, 15), 'Europe/Dublin')).toBe('11:15')
    expect(clockTime(Date.UTC(2024, 6, 5, 23, 0), 'Europe/Dublin')).toBe('00:00')
  })

  test('carry the day where it is not today', () => {
    const now = Date.UTC(2024, 1, 5, 10, 15)
    expect(moment(now - H, now, 'UTC')).toBe('09:15')
    expect(moment(now - 11 * H, now, 'UTC')).toBe('Sun 4 Feb 23:15')
    expect(moment(now - 7 * DAY, now, 'UTC')).toBe('Mon 29 Jan 10:15')
  })

  test('are exact with their zone on request, and to the millisecond in logs', () => {
    expect(exactTime(Date.UTC(2024, 6, 5, 10, 15, 3), 'Europe/Dublin')).toMatch(
      /5 July 2024.*11:15:03.*(IST|GMT\+1)/,
    )
    expect(clockMillis(Date.UTC(2024, 1, 5, 10, 15, 3, 41), 'UTC')).toBe('10:15:03.041')
  })
})
