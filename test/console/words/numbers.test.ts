import { describe, expect, test } from 'vitest'
import { bytes, count, exact, percent, short } from '../../../console/src/words/numbers.js'

describe('numbers', () => {
  test('give a sense of size in three digits', () => {
    expect([0, 812, 4_812, 9_999, 10_000, 48_312, 2_140_311, 999_600, 1.25e9].map(short)).toEqual([
      '0',
      '812',
      '4,812',
      '9,999',
      '10 k',
      '48.3 k',
      '2.14 M',
      '1 M',
      '1.25 G',
    ])
    expect(short(0.1234)).toBe('0.12')
    expect(short(-2_500_000)).toBe('-2.5 M')
  })

  test('are whole where they are compared', () => expect(exact(2_140_311)).toBe('2,140,311'))

  test('never say "1 rows"', () => {
    expect(count(1, 'row')).toBe('1 row')
    expect(count(0, 'row')).toBe('0 rows')
    expect(count(2, 'delivery', 'deliveries')).toBe('2 deliveries')
  })

  test('never call a few of many none, nor nearly all of them all', () => {
    expect(percent(31 / 4_812)).toBe('0.6 %')
    expect(percent(1 / 1e6)).toBe('<0.1 %')
    expect(percent(0.99995)).toBe('>99.9 %')
    expect([0, 0.314, 1].map(percent)).toEqual(['0 %', '31 %', '100 %'])
  })

  test('of bytes carry their unit', () =>
    expect([0, 999, 1_400, 48_300_000, 2.5e12].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.4 kB',
      '48.3 MB',
      '2.5 TB',
    ]))
})
