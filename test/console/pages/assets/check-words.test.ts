import { describe, expect, it } from 'vitest'
import { resultWords, sampleColumns, sortChecks } from '../../../../console/src/pages/assets/check-words.js'
import type { CheckHistory } from '../../../../src/app/api/shapes.js'

const result = (own: object) => ({
  run: 1,
  at: 0,
  status: 'passed' as const,
  failedRows: 0,
  rows: 4_812,
  value: null,
  message: '',
  ...own,
})
const check = (name: string, own: Partial<CheckHistory> = {}): CheckHistory => ({
  check: name,
  kind: 'not_null',
  severity: 'error',
  onFail: 'block',
  column: null,
  results: [result({})],
  ...own,
})

describe('a check’s result in words', () => {
  it('has the counts and the share', () => {
    expect(resultWords(check('a'), result({ failedRows: 31, status: 'failed' }))).toBe(
      '31 of 4,812 rows (0.6 %)',
    )
    expect(resultWords(check('a'), result({}))).toBe('4,812 rows, none fails')
  })
  it('has an age for freshness and a count for row_count', () => {
    expect(resultWords(check('a', { kind: 'freshness' }), result({ value: 7_200_000 }))).toBe(
      'newest row is 2 h old',
    )
    expect(resultWords(check('a', { kind: 'row_count' }), result({ value: 1 }))).toBe('1 row')
  })
  it('is the message where the check itself broke', () => {
    expect(resultWords(check('a'), result({ status: 'error', message: 'No column x.' }))).toBe('No column x.')
  })
})

describe('checks', () => {
  it('that hold rows now come first', () => {
    const failed = [result({ status: 'failed' })]
    const sorted = sortChecks([
      check('b'),
      check('warns', { onFail: 'continue', results: failed }),
      check('holds', { results: failed }),
      check('a'),
    ])
    expect(sorted.map((one) => one.check)).toEqual(['holds', 'warns', 'a', 'b'])
  })
  it('show every column any sample row has', () => {
    expect(sampleColumns([{ a: 1 }, { b: 2, a: 1 }])).toEqual(['a', 'b'])
  })
})
