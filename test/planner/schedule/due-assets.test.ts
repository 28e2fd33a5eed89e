import { describe, expect, test } from 'vitest'
import type { Schedule } from '../../../src/domain/schedule.js'
import { assetsOfTick, withNeverReleased } from '../../../src/planner/schedule/due-assets.js'
import { asset, source } from '../project.js'

const never: Schedule = { kind: 'never' }
const cron: Schedule = { kind: 'cron', pattern: '0 * * * *', catchUp: 'latest' }
/** raw.a → staging.b → marts.c → marts.d, and raw.x → marts.d. */
const assets = (middle: Schedule = { kind: 'upstream' }) => [
  asset('raw.a', { body: source(), schedule: cron }),
  asset('raw.x', { body: source(), schedule: never }),
  asset('staging.b', { inputs: ['raw.a'], schedule: middle }),
  asset('marts.c', { inputs: ['staging.b'] }),
  asset('marts.d', { inputs: ['marts.c', 'raw.x'] }),
  asset('marts.other', { schedule: cron }),
]

describe('a tick', () => {
  test('builds what is due and everything that follows it', () => {
    expect(assetsOfTick(assets(), ['raw.a'])).toEqual(['raw.a', 'staging.b', 'marts.c', 'marts.d'])
  })
  test('stops at an asset with ticks of its own, and at one built by hand', () => {
    for (const middle of [cron, never]) expect(assetsOfTick(assets(middle), ['raw.a'])).toEqual(['raw.a'])
    expect(assetsOfTick(assets(cron), ['staging.b'])).toEqual(['staging.b', 'marts.c', 'marts.d'])
  })
  test('of several things at one moment is one list, each asset once, in the order of the project', () => {
    expect(assetsOfTick(assets(cron), ['marts.other', 'staging.b', 'raw.a'])).toEqual([
      'raw.a',
      'staging.b',
      'marts.c',
      'marts.d',
      'marts.other',
    ])
  })
  test('of something that left the project is nothing', () => {
    expect(assetsOfTick(assets(), ['gone.asset'])).toEqual([])
  })
})

describe('a first tick', () => {
  const chosen = ['raw.a', 'staging.b', 'marts.c', 'marts.d']

  test('builds what is needed and was never released, whatever its schedule', () => {
    expect(withNeverReleased(assets(), chosen, () => false)).toEqual([
      'raw.a',
      'raw.x',
      'staging.b',
      'marts.c',
      'marts.d',
    ])
    expect(withNeverReleased(assets(), ['marts.d'], (name) => name === 'staging.b')).toEqual([
      'raw.x',
      'marts.c',
      'marts.d',
    ])
  })
  test('is like any other once everything was released', () => {
    expect(withNeverReleased(assets(), chosen, () => true)).toEqual(chosen)
  })
})
