import { describe, expect, test } from 'vitest'
import {
  bandLayout,
  grouped,
  observationSentence,
  silenceCommand,
} from '../../../console/src/words/alert-words.js'
import type { Alert } from '../../../src/domain/alert.js'

const slow = { metric: 'duration_ms', unit: 'ms', value: 9_800, low: 1_900, high: 2_600 } as const

describe('an observation', () => {
  test('is told with its band and the ratio that matters', () => {
    expect(observationSentence(slow)).toBe('9.8 s; usual is 1.9 s to 2.6 s: 3.8 times the most.')
    expect(observationSentence({ ...slow, value: 3_100 })).toBe(
      '3.1 s; usual is 1.9 s to 2.6 s: 19 % above the most.',
    )
    expect(observationSentence({ metric: 'rows_out', unit: 'rows', value: 140, low: 380, high: 460 })).toBe(
      '140 rows; usual is 380 rows to 460 rows: 63 % below the least.',
    )
  })

  test('against a budget has a limit and no band', () =>
    expect(observationSentence({ ...slow, low: null, high: 5_000 })).toBe(
      '9.8 s; the limit is 5 s: 2 times the most.',
    ))

  test('is drawn with its band within the axis, zero at its left where it is near', () => {
    const { band, value, from } = bandLayout(slow)
    expect(from).toBe(0)
    expect(band!.left).toBeLessThan(value)
    expect(band!.left + band!.width).toBeLessThan(value)
    expect(value).toBeLessThan(1)
  })

  test('has an axis even where all is one number', () => {
    const { value } = bandLayout({ ...slow, value: 5, low: 5, high: 5 })
    expect(value).toBeGreaterThan(0)
    expect(value).toBeLessThan(1)
  })
})

describe('alerts', () => {
  const alert = (id: number, cause: number | null) => ({ id, cause }) as Alert
  test('hang below what caused them, and stand alone where that is not shown', () => {
    const found = grouped([alert(41, null), alert(42, 41), alert(43, 7)])
    expect(found.map(({ alert: { id }, caused }) => [id, caused.map((one) => one.id)])).toEqual([
      [41, [42]],
      [43, []],
    ])
  })
})

test('the command of a silence can be pasted into a shell', () => {
  const said = {
    assets: 'marts.*',
    kind: 'slow',
    length: '4 hours',
    reason: "it's moving",
    by: 'ann',
  } as const
  expect(silenceCommand(said)).toBe(
    "millrace alerts silence 'marts.*' --for '4 hours' --kind slow --reason 'it'\\''s moving' --by ann",
  )
  expect(silenceCommand({ assets: 'marts.status', kind: null, length: '1 day', reason: '', by: '' })).toBe(
    "millrace alerts silence marts.status --for '1 day'",
  )
})
