import { expect, it } from 'vitest'
import { parseDuration } from '../../../src/project/shapes/duration.js'

it('a duration is a number and a unit, or several', () => {
  const durations: Record<string, number> = {
    '500 ms': 500,
    '30s': 30_000,
    '15 min': 900_000,
    '2 hours': 7_200_000,
    '1.5 h': 5_400_000,
    '1 day': 86_400_000,
    '1 Week': 604_800_000,
    '1h 30m': 5_400_000,
    '1 hour 30 minutes': 5_400_000,
    '0s': 0,
  }
  for (const [text, ms] of Object.entries(durations)) expect([text, parseDuration(text)]).toEqual([text, ms])
})

it('everything else is none', () => {
  for (const text of ['', '30', 'soon', 's', '-1s', '1 month', '2 hours later', 'in 2 hours', '1e3 s'])
    expect([text, parseDuration(text)]).toEqual([text, null])
})
