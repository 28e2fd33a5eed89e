import { describe, expect, test } from 'vitest'
import type { Schedule } from '../../../src/domain/schedule.js'
import { lanesOf } from '../../../src/planner/schedule/lanes.js'
import { asset, source } from '../project.js'

const at = (pattern: string): Schedule => ({ kind: 'cron', pattern, catchUp: 'latest' })
const lanes = (assets: readonly ReturnType<typeof asset>[]) => {
  const found = [...lanesOf(assets)]
  return [...new Set(found.map(([, lane]) => lane))].map((lane) =>
    found.flatMap(([name, its]) => (its === lane ? [name] : [])),
  )
}

describe('assets that are due at one moment', () => {
  test('are one run where they have the same pattern', () => {
    expect(
      lanes([asset('raw.a', { schedule: at('* * * * *') }), asset('raw.b', { schedule: at('* * * * *') })]),
    ).toEqual([['raw.a', 'raw.b']])
  })
  test('are runs of their own where one only reads the other', () => {
    expect(
      lanes([
        asset('raw.a', { body: source(), schedule: at('* * * * * *') }),
        asset('staging.a', { inputs: ['raw.a'] }),
        asset('marts.slow', { inputs: ['staging.a'], schedule: at('0 * * * *') }),
      ]),
    ).toEqual([['raw.a'], ['marts.slow']])
  })
  test('are one run where something follows both, over any number of patterns', () => {
    expect(
      lanes([
        asset('raw.a', { schedule: at('* * * * *') }),
        asset('raw.b', { schedule: at('0 * * * *') }),
        asset('raw.c', { schedule: at('0 0 * * *') }),
        asset('raw.d', { schedule: at('0 0 1 * *') }),
        asset('marts.ab', { inputs: ['raw.a', 'raw.b'] }),
        asset('marts.bc', { inputs: ['raw.b', 'raw.c'] }),
      ]),
    ).toEqual([['raw.a', 'raw.b', 'raw.c'], ['raw.d']])
  })
})
