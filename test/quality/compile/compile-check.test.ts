import { afterAll, expect, it } from 'vitest'
import { check, openJudge } from '../given.js'

const { judgeOne, close } = await openJudge()
afterAll(close)

/** A column of two values: the first fits the check, the second does not. */
const column = (type: string, good: string, bad: string) =>
  `select unnest([(${good})::${type}, (${bad})::${type}, null]) as c`

it.each([
  ['TINYINT', '1', '2', [1, 5000]],
  ['HUGEINT', '1', '170141183460469231731687303715884105727', [1]],
  ['BIGINT', '9007199254740991', '9007199254740993', [9_007_199_254_740_991, 1.5]],
  ['DECIMAL(18,2)', '1.10', '1.11', [1.1, '2.20']],
  ['FLOAT', '0.1', '0.2', [0.1]],
  ['DOUBLE', '0.1', "'nan'", [0.1, 1e300]],
  ['BOOLEAN', 'true', 'false', [true]],
  ['VARCHAR', "'it''s'", "'its'", ["it's"]],
  ["ENUM('a', 'b')", "'a'", "'b'", ['a', 'not in the type']],
  ['DATE', "'2024-02-29'", "'2024-03-01'", ['2024-02-29']],
  ['TIMESTAMP', "'2024-02-29 12:00'", "'2024-03-01'", ['2024-02-29T12:00:00']],
  ['TIMESTAMP WITH TIME ZONE', "'2024-02-29 12:00:00+00'", "'2024-03-01'", ['2024-02-29T13:00:00+01:00']],
  ['TIME', "'12:00'", "'13:00'", ['12:00']],
  [
    'UUID',
    "'00000000-0000-0000-0000-000000000001'",
    "'00000000-0000-0000-0000-000000000002'",
    ['00000000-0000-0000-0000-000000000001'],
  ],
] as const)('accepted_values compares %s as what it is', async (type, good, bad, values) => {
  const one = check({ kind: 'accepted_values', column: 'C', values })
  const result = await judgeOne({ rows: column(type, good, bad), check: one })
  expect([result.message.includes('Could not'), result.rows, result.failedRows]).toEqual([false, 2, 1])
})

it.each([
  ['TINYINT', '1', '-100', { min: -99.5, max: 5000 }],
  ['HUGEINT', '170141183460469231731687303715884105727', '-1', { min: -0.5 }],
  [
    'HUGEINT',
    '1',
    '170141183460469231731687303715884105727',
    { max: '170141183460469231731687303715884105726' },
  ],
  ['BIGINT', '9007199254740992', '9007199254740993', { max: '9007199254740993', exclusive: true }],
  ['BIGINT', '2', '1', { min: 1.5, exclusive: true }],
  [
    'DECIMAL(38,2)',
    "'99999999999999999999.98'",
    "'99999999999999999999.99'",
    { max: '99999999999999999999.98' },
  ],
  ['FLOAT', '0.1', '0.2', { max: 0.1 }],
  ['DOUBLE', "'infinity'", "'nan'", { min: 0 }],
  ['DOUBLE', '1', "'nan'", { max: 5 }],
  ['DOUBLE', '1', "'infinity'", { max: 5, exclusive: true }],
  ['VARCHAR', "'b'", "'a'", { min: 'b' }],
  ["ENUM('z', 'a')", "'z'", "'a'", { min: 'b' }],
  ['DATE', "'2024-02-29'", "'2024-03-01'", { max: '2024-02-29' }],
  ['DATE', "'2024-02-29'", "'2024-03-01'", { max: '2024-02-29 23:59' }],
  ['TIMESTAMP', "'2024-02-29 12:00'", "'2024-03-01'", { max: '2024-02-29T12:00:00Z' }],
  ['TIMESTAMP WITH TIME ZONE', "'2024-02-29 12:00:00+00'", "'2024-03-01'", { max: '2024-02-29 12:00' }],
  ['TIMESTAMP_NS', "'2024-02-29 12:00'", "'2024-03-01'", { max: '2024-02-29 12:00' }],
  ['TIME', "'12:00'", "'13:00'", { max: '12:30' }],
  ['INTERVAL', "'1 hour'", "'1 day'", { max: '2 hours' }],
] as const)('accepted_range compares %s %s, not %s, with %o', async (type, good, bad, bounds) => {
  const one = check({ kind: 'accepted_range', column: 'c', ...bounds })
  const result = await judgeOne({ rows: column(type, good, bad), check: one })
  expect([result.message.includes('Could not'), result.rows, result.failedRows]).toEqual([false, 2, 1])
})

it.each([
  ['INTEGER', '12', '345', '^..$'],
  ['UUID', "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'", '1$'],
  ["ENUM('a', 'b')", "'a'", "'b'", 'a'],
  ['DATE', "'2024-02-29'", "'2025-02-28'", '^2024'],
])('matches_regex reads %s as its text', async (type, good, bad, pattern) => {
  const result = await judgeOne({
    rows: column(type, good, bad),
    check: check({ kind: 'matches_regex', column: 'c', pattern }),
  })
  expect(result).toMatchObject({ status: 'failed', rows: 2, failedRows: 1 })
})

it.each([
  ['a list has no order', check({ kind: 'accepted_range', column: 'c', min: 1 }), 'select [1] as c'],
  ['a list has no text', check({ kind: 'matches_regex', column: 'c', pattern: '1' }), 'select [1] as c'],
  ['truth has no bounds', check({ kind: 'accepted_range', column: 'c', min: 1 }), 'select true as c'],
  [
    'a word is no time',
    check({ kind: 'accepted_range', column: 'c', min: 'soon' }),
    "select timestamp '2024-01-01' as c",
  ],
  [
    'no column holds infinitely many',
    check({ kind: 'accepted_range', column: 'c', min: Number.NEGATIVE_INFINITY }),
    'select 1 as c',
  ],
])('%s: an error, not a guess', async (_title, one, rows) => {
  expect(await judgeOne({ rows, check: one })).toMatchObject({ status: 'error' })
})

it('quotes names and texts, whatever they hold', async () => {
  const rows = `select 'it''s $1 "so"; --' as "Odd ""name"" $x", 1 as "select"`
  const name = 'Odd "name" $x'
  const values = ['it\'s $1 "so"; --']
  expect(
    await judgeOne({ rows, check: check({ kind: 'accepted_values', column: name, values }) }),
  ).toMatchObject({ status: 'passed' })
  expect(await judgeOne({ rows, check: check({ kind: 'unique', columns: [name, 'select'] }) })).toMatchObject(
    { status: 'passed' },
  )
})
