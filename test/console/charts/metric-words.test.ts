import { describe, expect, it, test } from 'vitest'
import {
  againstUsual,
  BAND_FROM,
  bandWords,
  metricValue,
  sortMetrics,
  unitOf,
} from '../../../console/src/charts/metric-words.js'
import { DEFAULT_JUDGE } from '../../../src/detect/usual.js'

describe('a metric in words', () => {
  it('has the unit its name says', () => {
    expect(
      ['duration_ms', 'rows_out', 'peak_memory_bytes', 'bytes_out', 'check:unique', 'mae'].map(unitOf),
    ).toEqual(['ms', 'rows', 'bytes', 'bytes', 'number', 'number'])
  })
  it('has its unit behind it', () => {
    expect(metricValue(1_400, 'ms')).toBe('1.4 s')
    expect(metricValue(1, 'rows')).toBe('1 row')
    expect(metricValue(2_100_000, 'rows')).toBe('2.1 M rows')
    expect(metricValue(0.123456, 'number')).toBe('0.1235')
  })
  it('is compared with what is usual', () => {
    expect(againstUsual({ value: 112, expected: 100 }, 'rows')).toBe('+12 % against the usual 100 rows')
    expect(againstUsual({ value: 50, expected: 100 }, 'rows')).toBe('−50 % against the usual 100 rows')
    expect(againstUsual({ value: 5_000, expected: 100 }, 'rows')).toBe('50 times the usual 100 rows')
    expect(againstUsual({ value: 5, expected: null }, 'rows')).toBe('')
    expect(againstUsual({ value: 5, expected: 0 }, 'rows')).toBe('usual is 0 rows')
  })
  it('stands first where it is asked for first', () => {
    expect(sortMetrics(['release_ms', 'mae', 'rows_out', 'check:a', 'duration_ms'])).toEqual([
      'duration_ms',
      'rows_out',
      'check:a',
      'mae',
      'release_ms',
    ])
  })
})

test('a line without its band says from when it has one', () => {
  const of = (...lows: (number | null)[]) => bandWords(lows.map((low) => ({ low })))
  expect(of(1, 2)).toBe('')
  expect(of(null, 1)).toBe('The usual band begins after 20 steps.')
  expect(of(null)).toBe('The usual band begins after 20 steps; in this time there is 1.')
  expect(of(null, null, null)).toBe('The usual band begins after 20 steps; in this time there are 3.')
  expect(BAND_FROM).toBe(DEFAULT_JUDGE.warmUp)
})
