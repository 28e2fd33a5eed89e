import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/base/json.js'
import { digitsOf, writerFor } from '../../../src/reports/render/write-value.js'
import { isFormat, parseFormat } from '../../../src/reports/value-format.js'

const write = (value: Json, type: string, format: string, locale = 'en-IE', zone = 'Europe/Dublin') => {
  const parsed = parseFormat(format)
  if (!isFormat(parsed)) throw new Error(parsed.detail)
  return writerFor(locale, zone)
    .value(value, type, parsed)
    .replaceAll(/[\u00a0\u202f]/g, ' ')
}

describe('values', () => {
  it('are written as the reader’s language writes them', () => {
    expect(write(1234567.891, 'DOUBLE', 'number')).toBe('1,234,568')
    expect(write('1234.50', 'DECIMAL(10,2)', 'number:2', 'de-DE')).toBe('1.234,50')
    expect(write(0.0431, 'DOUBLE', 'percent')).toBe('4.3%')
    expect(write(0.5, 'DOUBLE', 'percent', 'de-DE')).toBe('50 %')
    expect(write(-0.12, 'DOUBLE', 'percent_change')).toBe('-12%')
    expect(write(12, 'INTEGER', 'change')).toBe('+12')
    expect(write(12, 'INTEGER', 'currency:EUR')).toBe('€12.00')
  })

  it('of time are in the zone they mean', () => {
    expect(write('2024-07-01T23:30:00Z', 'TIMESTAMP WITH TIME ZONE', 'datetime')).toBe('2 Jul 2024, 00:30')
    expect(write('2024-07-01T23:30:00', 'TIMESTAMP', 'datetime')).toBe('1 Jul 2024, 23:30')
    expect(write('2024-07-01', 'DATE', 'date', 'en-IE', 'America/New_York')).toBe('1 Jul 2024')
    expect(write('2024-07-01', 'DATE', 'weekday', 'fr-FR')).toBe('lundi')
  })

  it('of durations have two units at most', () => {
    const cases = [0.25, 9, 75, 3600, 7800, 172_800, 183_600].map((s) => write(s, 'DOUBLE', 'duration'))
    expect(cases).toEqual(['250 ms', '9.0 s', '1 min 15 s', '1 h', '2 h 10 min', '2 d', '2 d 3 h'])
    expect(write(90, 'INTEGER', 'duration:min')).toBe('1 h 30 min')
    expect(write(-75, 'INTEGER', 'duration')).toBe('−1 min 15 s')
  })

  it('that are none are a dash, never a word of the machine', () => {
    for (const [value, type] of [
      [null, 'INTEGER'],
      ['NaN', 'DOUBLE'],
      ['Infinity', 'DOUBLE'],
    ] as const)
      expect(write(value, type, 'number')).toBe('–')
  })

  it('of one column have the digits that the largest deserves', () => {
    expect([[1, 2], [1.5], [15.5, 1.25], [1500.5, 1]].map(digitsOf)).toEqual([0, 2, 1, 0])
  })
})
