import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AssetState, emptyAssetState } from '../../src/domain/asset-state.js'
import { type Interval, mergeIntervals, subtractIntervals } from '../../src/domain/interval.js'
import {
  coalesceIntervals,
  isRanged,
  owedRanges,
  type ScopeInput,
  scopeOf,
  splitComplete,
} from '../../src/planner/scope.js'
import { asset, sql } from './project.js'

const HOUR = 3_600_000
const at = (hour: number) => Date.UTC(2026, 0, 5) + hour * HOUR
const hours = (start: number, end: number): Interval => ({ start: at(start), end: at(end) })

const hourly = asset('marts.hourly', {
  materialize: 'incremental',
  time: { column: 'hour', grain: 'hour', lookbackMs: 0 },
  inputs: ['staging.a'],
})
const released: AssetState = {
  ...emptyAssetState('marts.hourly'),
  fingerprint: 'v1',
  relation: 'marts__hourly__1',
  release: 1,
  built: [hours(0, 10)],
  inputReleases: { 'staging.a': 1 },
}
const scope = (input: Partial<ScopeInput>) =>
  scopeOf({
    asset: hourly,
    state: released,
    fingerprint: 'v1',
    touched: [],
    inputReleases: { 'staging.a': 1 },
    now: at(12) + 5,
    timezone: 'UTC',
    full: false,
    window: null,
    ...input,
  })

describe('an incremental asset', () => {
  test('has nothing to do when nothing changed', () => {
    expect(scope({})).toEqual({ kind: 'none' })
  })
  test('builds exactly the touched grains, late ones too', () => {
    const touched = [[{ start: at(3) + 1, end: at(3) + 2 }, hours(10, 11)]]
    expect(scope({ touched })).toEqual({ kind: 'ranges', ranges: [hours(3, 4), hours(10, 11)], deferred: [] })
  })
  test('builds what lies between, in which no input has rows, as a build of everything does', () => {
    const state = { ...released, built: [hours(2, 3), hours(4, 5)] }
    expect(scope({ state, touched: [[hours(8, 9)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(3, 4), hours(5, 9)],
      deferred: [],
    })
    expect(scope({ state, touched: [[hours(0, 1), hours(4, 5)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(0, 2), hours(3, 5)],
      deferred: [],
    })
    expect(scope({ touched: [[hours(14, 15)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(10, 12)],
      deferred: [hours(12, 15)],
    })
  })
  test('leaves the grain that is still open for later', () => {
    expect(scope({ touched: [[hours(10, 13)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(10, 12)],
      deferred: [hours(12, 13)],
    })
  })
  test('builds the open grain when told to', () => {
    const eager = { ...hourly, allowIncomplete: true }
    expect(scope({ asset: eager, touched: [[hours(12, 13)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(10, 13)],
      deferred: [],
    })
  })
  test('makes up for what it owes from earlier runs', () => {
    expect(scope({ state: { ...released, pending: [hours(2, 3)] } })).toEqual({
      kind: 'ranges',
      ranges: [hours(2, 3)],
      deferred: [],
    })
  })
  test('reaches back by its lookback, and forth over what was built from the touched rows', () => {
    const reaching = { ...hourly, time: { column: 'hour', grain: 'hour', lookbackMs: 2 * HOUR } as const }
    const state = { ...released, built: [hours(0, 7)] }
    expect(scope({ asset: reaching, state, touched: [[hours(5, 6)]] })).toEqual({
      kind: 'ranges',
      ranges: [hours(3, 7)],
      deferred: [],
    })
  })
  test('is built whole when only a part was asked for and the rest is of another version, or owed', () => {
    const window = hours(5, 7)
    expect(scope({ window, fingerprint: 'v2' })).toEqual({ kind: 'full' })
    expect(scope({ window, full: true })).toEqual({ kind: 'full' })
    expect(scope({ window, touched: ['all'] })).toEqual({ kind: 'full' })
    expect(scope({ window, state: { ...released, pending: 'all' } })).toEqual({ kind: 'full' })
  })
  test('is built whole when its version changed, or an input changed that has no event time', () => {
    expect(scope({ fingerprint: 'v2' })).toEqual({ kind: 'full' })
    expect(scope({ touched: ['all'] })).toEqual({ kind: 'full' })
  })
  test('builds the asked window and keeps owing the rest', () => {
    const state = { ...released, pending: [hours(1, 2), hours(5, 6)] }
    expect(scope({ state, window: hours(5, 7) })).toEqual({
      kind: 'ranges',
      ranges: [hours(5, 7)],
      deferred: [hours(1, 2)],
    })
  })
})

describe('a table', () => {
  const table = asset('marts.t', { inputs: ['staging.a'] })
  const state = { ...released, asset: 'marts.t' }
  test('is built when an input changed in this run or in a run that left it out', () => {
    expect(scope({ asset: table, state })).toEqual({ kind: 'none' })
    expect(scope({ asset: table, state, touched: [[]] })).toEqual({ kind: 'full' })
    expect(scope({ asset: table, state, inputReleases: { 'staging.a': 2 } })).toEqual({ kind: 'full' })
  })
})

test('keyed and append assets are built by range only if their statement asks for one', () => {
  const time = { column: 't', grain: 'hour', lookbackMs: 0 } as const
  expect(isRanged(asset('a.a', { materialize: 'keyed', time, body: sql('…', ['start', 'end']) }))).toBe(true)
  expect(isRanged(asset('a.a', { materialize: 'keyed', time, body: sql('…') }))).toBe(false)
  expect(isRanged(asset('a.a', { materialize: 'table', time, body: sql('…', ['start']) }))).toBe(false)
})

const ranges = fc
  .array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 5 })), { maxLength: 150 })
  .map((pairs) => mergeIntervals(pairs.map(([start, length]) => hours(start, start + length))))

describe('for all ranges', () => {
  test('ready and deferred together are what is owed, and nothing ready is still open', () => {
    fc.assert(
      fc.property(ranges, fc.nat(400), (owed, cut) => {
        const { ready, deferred } = splitComplete(owed, at(cut))
        expect(mergeIntervals([...ready, ...deferred])).toEqual(owed)
        for (const { end } of ready) expect(end).toBeLessThanOrEqual(at(cut))
      }),
    )
  })
  test('coalescing covers them with no more than the bound', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 20 }), (owed, most) => {
        const joined = coalesceIntervals(owed, most)
        expect(joined.length).toBeLessThanOrEqual(most)
        expect(subtractIntervals(owed, joined)).toEqual([])
      }),
    )
  })
  test('what is owed covers what was touched', () => {
    fc.assert(
      fc.property(ranges, (touched) => {
        const owed = owedRanges(hourly, touched, [], 'Europe/Dublin')
        expect(owed).not.toBe('all')
        expect(subtractIntervals(touched, owed as Interval[])).toEqual([])
      }),
    )
  })
})
