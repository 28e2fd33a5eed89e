import { describe, expect, test } from 'vitest'
import { ago, count, duration, instant, plural, rowsText } from '../../../src/cli/output/numbers.js'

describe('numbers are written with a sense of size', () => {
  test.each([
    [0, '0'],
    [812, '812'],
    [48_312, '48,312'],
    [99_949, '99,949'],
    [99_950, '100 k'],
    [999_499, '999 k'],
    [999_500, '1.0 M'],
    [2_104_000, '2.1 M'],
    [999_500_000, '1.0 G'],
  ])('%d is %s', (value, text) => expect(count(value)).toBe(text))

  test.each([
    [0.42, '0.4 ms'],
    [840, '840 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms is %s', (value, text) => expect(duration(value)).toBe(text))

  test('one row is not rows', () => {
    expect([rowsText(1), rowsText(2), plural(1, 'check'), plural(0, 'check')]).toEqual([
      '1 row',
      '2 rows',
      '1 check',
      '0 checks',
    ])
  })

  test('times are told as far as they matter', () => {
    const now = Date.UTC(2026, 2, 1, 12)
    expect([
      ago(now - 5_000, now),
      ago(now - 180_000, now),
      ago(now - 3 * 3_600_000, now),
      ago(now - 3 * 86_400_000, now),
    ]).toEqual(['just now', '3 min ago', '3 h ago', '3 days ago'])
    expect([instant(now), instant(now + 7_000)]).toEqual(['2026-03-01 12:00', '2026-03-01 12:00:07'])
  })
})
