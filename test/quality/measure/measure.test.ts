import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Check } from '../../../src/domain/check.js'
import { check, openJudge } from '../given.js'

const { judge, close } = await openJudge()
afterAll(close)

type Row = Readonly<{ tenant: string | null; i: number | null; d: number | null; s: string | null }>

const row: fc.Arbitrary<Row> = fc.record({
  tenant: fc.constantFrom('acme', 'bell', "o'neil", '', null),
  i: fc.constantFrom(-5, 0, 1, 2, 3, 9_007_199_254_740_991, null),
  d: fc.constantFrom(-1.5, 0, 0.1, 7, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null),
  s: fc.constantFrom('', 'a', 'ab', "it's", 'é', null),
})

const bound = fc.option(fc.constantFrom(-2, 0, 0.1, 1.5, 2), { nil: undefined })
const range = fc
  .record({ min: bound, max: bound, exclusive: fc.boolean() })
  .filter(({ min, max }) => min === undefined || max === undefined || min <= max)
const picks = fc.constantFrom(undefined, 'i > 0', "s = 'a' or d < 1")

type Params = Readonly<{
  range: { min: number | undefined; max: number | undefined; exclusive: boolean }
  numbers: readonly number[]
  words: readonly string[]
  where: string | undefined
}>

const params: fc.Arbitrary<Params> = fc.record({
  range,
  numbers: fc.subarray([0, 1, 2, 1.5, 9_007_199_254_740_991]),
  words: fc.subarray(['', 'a', "it's", 'x']),
  where: picks,
})

type Naive = Readonly<{
  check: Check
  looksAt: (row: Row) => boolean
  fails: (row: Row, rows: readonly Row[]) => boolean
}>

it('counts what a look at every single row counts, with NULL and NaN', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 25 }), params, async (rows, chosen) => {
      const naive = naiveChecks(chosen)
      const { results } = await judge({
        rows: table(rows),
        checks: naive.map((one) => one.check),
        tenant: 'tenant',
        others: { 'raw.words': "select unnest(['a', 'é', null]) as word" },
      })
      const isPicked = picker(chosen.where)
      naive.forEach(({ looksAt, fails }, at) => {
        const result = results[at]!
        const seen = rows.filter((one) => isPicked(one) && looksAt(one))
        const failed = seen.filter((one) => fails(one, seen))
        expect([result.check, result.rows, result.failedRows]).toEqual([
          result.check,
          seen.length,
          failed.length,
        ])
        expect(result.status).toBe(failed.length > 0 ? 'failed' : 'passed')
        expect(result.samples).toHaveLength(Math.min(5, failed.length))
        expect(countsByTenant(result.tenants)).toEqual(
          countsByTenant(
            tenantsOf(rows).map((tenant) => ({
              tenant,
              rows: of(tenant, seen),
              failedRows: of(tenant, failed),
            })),
          ),
        )
      })
    }),
    { numRuns: 60 },
  )
})

function naiveChecks({ range: given, numbers, words, where }: Params): Naive[] {
  const picked = where === undefined ? {} : { where }
  const limits = {
    ...(given.min === undefined ? {} : { min: given.min }),
    ...(given.max === undefined ? {} : { max: given.max }),
    exclusive: given.exclusive,
  }
  const isOutside = (value: number) =>
    Number.isNaN(value) ||
    (given.min !== undefined && (given.exclusive ? value <= given.min : value < given.min)) ||
    (given.max !== undefined && (given.exclusive ? value >= given.max : value > given.max))
  return [
    {
      check: check({ kind: 'not_null', name: 'not_null', column: 'd', ...picked }),
      looksAt: () => true,
      fails: ({ d }) => d === null,
    },
    {
      check: check({ kind: 'accepted_range', name: 'range_d', column: 'd', ...limits, ...picked }),
      looksAt: ({ d }) => d !== null,
      fails: ({ d }) => isOutside(d!),
    },
    {
      check: check({ kind: 'accepted_range', name: 'range_i', column: 'i', ...limits, ...picked }),
      looksAt: ({ i }) => i !== null,
      fails: ({ i }) => isOutside(i!),
    },
    {
      check: check({ kind: 'accepted_values', name: 'values_i', column: 'i', values: numbers, ...picked }),
      looksAt: ({ i }) => i !== null,
      fails: ({ i }) => !numbers.includes(i!),
    },
    {
      check: check({ kind: 'accepted_values', name: 'values_d', column: 'd', values: numbers, ...picked }),
      looksAt: ({ d }) => d !== null,
      fails: ({ d }) => !numbers.includes(d!),
    },
    {
      check: check({ kind: 'accepted_values', name: 'values_s', column: 's', values: words, ...picked }),
      looksAt: ({ s }) => s !== null,
      fails: ({ s }) => !words.includes(s!),
    },
    {
      check: check({ kind: 'matches_regex', column: 's', pattern: "^(a|it's)", ...picked }),
      looksAt: ({ s }) => s !== null,
      fails: ({ s }) => !/^(a|it's)/.test(s!),
    },
    {
      check: check({ kind: 'unique', columns: ['d', 'i'], ...picked }),
      looksAt: ({ d, i }) => d !== null && i !== null,
      fails: (one, seen) => seen.filter(({ d, i }) => Object.is(d, one.d) && i === one.i).length > 1,
    },
    {
      check: check({ kind: 'relationships', column: 's', to: 'raw.words', field: 'word', ...picked }),
      looksAt: ({ s }) => s !== null,
      fails: ({ s }) => s !== 'a' && s !== 'é',
    },
    {
      check: check({ kind: 'failed_rows', sql: 'select * from this where i = 2', ...picked }),
      looksAt: () => true,
      fails: ({ i }) => i === 2,
    },
  ]
}

function picker(where: string | undefined): (row: Row) => boolean {
  if (where === undefined) return () => true
  if (where === 'i > 0') return ({ i }) => i !== null && i > 0
  return ({ s, d }) => s === 'a' || (d !== null && d < 1)
}

const tenantsOf = (rows: readonly Row[]) => [...new Set(rows.map(({ tenant }) => tenant ?? ''))]
const of = (tenant: string, rows: readonly Row[]) =>
  rows.filter((one) => (one.tenant ?? '') === tenant).length

const countsByTenant = (counts: readonly { tenant: string; rows: number; failedRows: number }[]) =>
  Object.fromEntries(counts.map(({ tenant, rows, failedRows }) => [tenant, [rows, failedRows]]))

function table(rows: readonly Row[]): string {
  const values = rows.map(
    ({ tenant, i, d, s }) => `(${[text(tenant), i ?? 'null', double(d), text(s)].join(', ')})`,
  )
  const typed = 'select tenant::VARCHAR as tenant, i::BIGINT as i, d::DOUBLE as d, s::VARCHAR as s'
  const all = [...values, '(null, null, null, null)'].join(', ')
  return `${typed} from (values ${all}) v(tenant, i, d, s) limit ${rows.length}`
}

const text = (value: string | null) => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`)
const double = (value: number | null) => (value === null ? 'null::DOUBLE' : `'${value}'::DOUBLE`)
