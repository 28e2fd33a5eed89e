import { afterAll, describe, expect, it } from 'vitest'
import type { Check } from '../../../src/domain/check.js'
import { compileCheck } from '../../../src/quality/compile/compile-check.js'
import { passEntries } from '../../../src/quality/measure/measure.js'
import { explainRowPass } from '../../../src/quality/measure/row-pass.js'
import { check, NOW, openJudge } from '../given.js'

const { judge, close } = await openJudge()
afterAll(close)

const columns = [
  { name: 'washroom_id', type: 'INTEGER' },
  { name: 'hour', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'visits', type: 'BIGINT' },
  { name: 'level', type: 'DOUBLE' },
  { name: 'price', type: 'DECIMAL(10,2)' },
  { name: 'status', type: "ENUM('ok', 'low')" },
  { name: 'Odd "name"', type: 'VARCHAR' },
  { name: 'day', type: 'DATE' },
]

const checks: Check[] = [
  check({ kind: 'not_null', name: 'a', column: 'washroom_id' }),
  check({ kind: 'not_null', name: 'b', column: 'Odd "name"', where: 'visits > 0 -- busy' }),
  check({ kind: 'accepted_values', name: 'c', column: 'status', values: ['ok', 'low'] }),
  check({ kind: 'accepted_values', name: 'd', column: 'visits', values: [1, 2.5, 3] }),
  check({ kind: 'accepted_range', name: 'e', column: 'visits', min: 0.5, max: '9007199254740993' }),
  check({ kind: 'accepted_range', name: 'f', column: 'level', min: 0, exclusive: true }),
  check({ kind: 'accepted_range', name: 'g', column: 'price', max: '99.99' }),
  check({ kind: 'accepted_range', name: 'h', column: 'hour', min: '2024-01-01T00:00:00Z' }),
  check({ kind: 'accepted_range', name: 'i', column: 'day', min: '2024-01-01', max: '2024-12-31 12:00' }),
  check({ kind: 'matches_regex', name: 'j', column: 'Odd "name"', pattern: "^it's$" }),
  check({ kind: 'unique', name: 'k', columns: ['washroom_id', 'hour'] }),
]

const context = {
  asset: { name: 'marts.traffic_hourly', key: [] },
  columns,
  sameRows: true,
  mergeKey: [],
  now: NOW,
}

describe('the shared pass', () => {
  it('is one statement for all checks of a big asset', async () => {
    const entries = passEntries(checks.map((one) => ({ check: one, compiled: compileCheck(one, context) })))
    const sql = explainRowPass(entries, 'customer_id')
    await expect(`${sql}
`).toMatchFileSnapshot('../../golden/quality/row-pass.sql')
  })

  it('costs one scan for any number of checks, and one more for the samples of those that fail', async () => {
    const many = Array.from({ length: 77 }, (_one, at) =>
      check({ kind: 'accepted_range', name: `r${at}`, column: 'n', max: 10 + at }),
    )
    const good = await judge({
      rows: 'select range as n, range % 3 as t from range(10)',
      checks: many,
      tenant: 't',
    })
    expect(good.verdict).toBe('pass')
    expect(good.statements).toHaveLength(1)
    const bad = await judge({
      rows: 'select range as n, range % 3 as t from range(20)',
      checks: many,
      tenant: 't',
    })
    expect(bad.statements).toHaveLength(2)
  })

  it('finds the one broken check among many in a few scans, and judges the rest', async () => {
    const many = Array.from({ length: 64 }, (_one, at) =>
      check({ kind: 'not_null', name: `c${at}`, column: 'n', where: at === 40 ? 'nope > 1' : `n > ${at}` }),
    )
    const { results, statements } = await judge({ rows: 'select 100 as n', checks: many })
    expect(results.filter(({ status }) => status === 'error').map((one) => one.check)).toEqual(['c40'])
    expect(results.filter(({ status }) => status === 'passed')).toHaveLength(63)
    expect(statements.length).toBeLessThan(16)
  })
})

describe('tenants', () => {
  it('come with their own counts for every kind of row check, the failing ones first', async () => {
    const { results } = await judge({
      rows: "select * from (values ('a', 1), ('a', null), ('b', 2), ('b', 2), (null, 3)) v(customer, n)",
      tenant: 'CUSTOMER',
      checks: [
        check({ kind: 'not_null', column: 'n' }),
        check({ kind: 'unique', columns: ['n'] }),
        check({ kind: 'failed_rows', sql: 'select * from this where n = 3' }),
        check({ kind: 'failed_rows', name: 'without_tenant', sql: 'select n from this where n = 3' }),
        check({ kind: 'row_count', min: 1 }),
      ],
    })
    const counts = results.map(({ tenants }) => tenants.map((one) => Object.values(one)))
    expect(counts).toEqual([
      [
        ['a', 2, 1],
        ['', 1, 0],
        ['b', 2, 0],
      ],
      [
        ['b', 2, 2],
        ['', 1, 0],
        ['a', 1, 0],
      ],
      [
        ['', 1, 1],
        ['a', 2, 0],
        ['b', 2, 0],
      ],
      [],
      [],
    ])
  })

  it('are the worst 1,000 of each check where there are more', async () => {
    const { results } = await judge({
      rows: 'select (range % 3000)::VARCHAR as customer, case when range % 3000 < 1500 or range = 4700 then null else 1 end as n, case when range % 3000 = 2900 then null else range end as m from range(6000)',
      tenant: 'customer',
      checks: [
        check({ kind: 'not_null', name: 'n', column: 'n' }),
        check({ kind: 'not_null', name: 'm', column: 'm' }),
        check({ kind: 'unique', columns: ['n'] }),
        check({ kind: 'not_null', name: 'good', column: 'customer' }),
      ],
    })
    const [n, m, unique, good] = results
    expect(n).toMatchObject({ failedRows: 3001, rows: 6000 })
    expect(n?.tenants).toHaveLength(1000)
    expect(n?.tenants[0]).toMatchObject({ rows: 2, failedRows: 2 })
    expect(m?.tenants).toEqual([{ tenant: '2900', rows: 2, failedRows: 2 }])
    expect(unique?.tenants).toHaveLength(1000)
    expect(unique).toMatchObject({ failedRows: 2999, rows: 2999 })
    expect(good?.tenants).toHaveLength(1000)
  })
})
