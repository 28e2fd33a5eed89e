import { describe, expect, test } from 'vitest'
import { fingerprints } from '../../src/planner/fingerprint.js'
import { asset, project, sql } from './project.js'

const chain = (middle: Parameters<typeof asset>[1] = {}, vars = {}) =>
  fingerprints(
    project(
      [
        asset('raw.a', { body: sql('select 1') }),
        asset('staging.b', {
          body: sql('select * from raw.a where x > $least', ['least']),
          inputs: ['raw.a'],
          ...middle,
        }),
        asset('marts.c', { body: sql('select * from staging.b'), inputs: ['staging.b'] }),
        asset('marts.d', { body: sql('select 2') }),
      ],
      { vars: { least: 3, other: 1, ...vars } },
    ),
  )

const changed = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
  [...a.keys()].filter((name) => a.get(name) !== b.get(name))

describe('a version changes', () => {
  test('with the parsed code, and takes what depends on it along, nothing else', () => {
    expect(changed(chain(), chain({ body: sql('select x from raw.a') }))).toEqual(['staging.b', 'marts.c'])
  })
  test('with a var the statement uses, not with one it does not', () => {
    expect(changed(chain(), chain({}, { least: 4 }))).toEqual(['staging.b', 'marts.c'])
    expect(changed(chain(), chain({}, { other: 2 }))).toEqual([])
  })
  test('with settings that shape rows', () => {
    expect(changed(chain(), chain({ materialize: 'keyed', key: ['x'] }))).toEqual(['staging.b', 'marts.c'])
  })
  test('with whether incomplete intervals are built', () => {
    const ranged = {
      materialize: 'incremental',
      time: { column: 't', grain: 'hour', lookbackMs: 0 },
    } as const
    expect(changed(chain(ranged), chain({ ...ranged, allowIncomplete: true }))).toEqual([
      'staging.b',
      'marts.c',
    ])
  })
  test('with a check that sets rows aside, not with one that only judges', () => {
    const check = { kind: 'not_null', column: 'x', name: 'not_null:x', severity: 'error', line: 3 } as const
    expect(changed(chain(), chain({ checks: [{ ...check, onFail: 'block' }] }))).toEqual([])
    expect(changed(chain(), chain({ checks: [{ ...check, onFail: 'quarantine' }] }))).toEqual([
      'staging.b',
      'marts.c',
    ])
  })
  test('not with words, owners, schedules or deliveries', () => {
    const schedule = { kind: 'cron', pattern: '* * * * *', catchUp: 'all' } as const
    const words = { description: 'other', owner: 'web', schedule, tags: ['x'], line: 9 }
    const deliver = [{ kind: 'postgres', connection: 'app', table: 'x.y', adopt: false } as const]
    expect(changed(chain(), chain({ ...words, deliver }))).toEqual([])
  })
})
