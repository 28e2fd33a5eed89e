import { afterAll, describe, expect, it } from 'vitest'
import { check, type Outcome, openJudge } from './given.js'

const { judge, judgeOne, engine, close } = await openJudge()
afterAll(close)

const rows = (...values: string[]) => `select * from (values ${values.join(', ')}) v(id, site, n)`
const some = rows("(1, 'a', 1.5)", "(2, 'a', null)", "(3, 'b', 9.0)", "(3, null, 'nan'::double)")

describe('the kinds of checks', () => {
  it.each([
    ['not_null', check({ kind: 'not_null', column: 'site' }), 1, '1 of 4 rows has no site'],
    ['not_null lets NaN pass', check({ kind: 'not_null', column: 'n' }), 1, '1 of 4 rows has no n'],
    ['unique', check({ kind: 'unique', columns: ['id'] }), 2, '2 of 4 rows share their id with another row'],
    [
      'accepted_values',
      check({ kind: 'accepted_values', column: 'site', values: ['a', 'c'] }),
      1,
      "1 of 3 rows has a site other than 'a' or 'c'",
    ],
    [
      'accepted_range',
      check({ kind: 'accepted_range', column: 'n', min: 0, max: 5 }),
      2,
      '2 of 3 rows have n outside 0 to 5',
    ],
    [
      'accepted_range without an upper bound still fails NaN',
      check({ kind: 'accepted_range', column: 'n', min: 0 }),
      1,
      '1 of 3 rows has n below 0, or NaN',
    ],
    [
      'matches_regex',
      check({ kind: 'matches_regex', column: 'site', pattern: '^a$' }),
      1,
      '1 of 3 rows has a site that does not match ^a$',
    ],
    [
      'relationships',
      check({ kind: 'relationships', column: 'site', to: 'raw.sites', field: 'code' }),
      1,
      '1 of 3 rows has a site that is not in raw.sites.code',
    ],
    [
      'failed_rows',
      check({ kind: 'failed_rows', name: 'too_many', sql: 'select * from this where id > 2 -- both\n;' }),
      2,
      '2 of 4 rows fail too_many',
    ],
  ])('%s', async (_title, one, failedRows, message) => {
    const others = { 'raw.sites': "select 'a' as code" }
    const { results, verdict } = await judge({ rows: some, others, checks: [one] })
    expect(results[0]).toMatchObject({
      status: 'failed',
      failedRows,
      message,
      fraction: failedRows / results[0]!.rows,
    })
    expect(results[0]?.samples).toHaveLength(failedRows)
    expect(verdict).toBe('block')
  })

  it('row_count looks at the rows as they will be', async () => {
    const result = await judgeOne({
      rows: some,
      released: some,
      check: check({ kind: 'row_count', min: 9 }),
    })
    expect(result).toMatchObject({ status: 'failed', value: 8, message: '8 rows, at least 9 wanted' })
  })

  it('schema compares types by meaning, not by spelling', async () => {
    const columns = [
      { name: 'id', type: 'int' },
      { name: 'site', type: 'text' },
      { name: 'n', type: 'float8' },
    ]
    const good = check({ kind: 'schema', columns, exact: true })
    expect(await judgeOne({ rows: some, check: good })).toMatchObject({ status: 'passed' })
    const turned = check({ kind: 'schema', columns: [...columns].reverse(), exact: true })
    expect(await judgeOne({ rows: some, check: turned })).toMatchObject({
      status: 'failed',
      message: 'column 1 is id instead of n',
    })
    expect(await judgeOne({ rows: some, check: { ...turned, exact: false } as typeof turned })).toMatchObject(
      {
        status: 'passed',
      },
    )
    const bad = check({
      kind: 'schema',
      columns: [
        { name: 'id', type: 'text' },
        { name: 'SITE', type: 'text' },
        { name: 'x', type: 'date' },
      ],
      exact: true,
    })
    expect(await judgeOne({ rows: some, check: bad })).toMatchObject({
      status: 'failed',
      message:
        'id is INTEGER instead of TEXT; SITE is spelled site; x is missing; site was not promised; n was not promised',
    })
  })

  it.each([
    ['fresh', "timestamptz '2024-06-01 11:50:00+00'", 'passed', 600_000, 'The newest at is 10 min old'],
    [
      'stale',
      "timestamp '2024-06-01 09:00:00'",
      'failed',
      10_800_000,
      'The newest at is 3 h old, at most 1 h allowed',
    ],
    ['a little ahead', "timestamp_ns '2024-06-01 12:04:00'", 'passed', 0, 'The newest at is 0 ms old'],
    ['nothing', 'null::timestamp', 'failed', null, 'None of 1 row has a at up to now'],
    [
      'only the future',
      "timestamp '2025-06-01 09:00:00'",
      'failed',
      null,
      'None of 1 row has a at up to now; 1 row dated in the future does not count',
    ],
    [
      'endless',
      "timestamp 'infinity'",
      'failed',
      null,
      'None of 1 row has a at up to now; 1 row dated in the future does not count',
    ],
    ['a date', "date '2024-06-01'", 'failed', 43_200_000, 'The newest at is 12 h old, at most 1 h allowed'],
  ])('freshness: %s', async (_title, value, status, age, message) => {
    const one = check({ kind: 'freshness', column: 'at', maxAgeMs: 3_600_000 })
    expect(await judgeOne({ rows: `select ${value} as at`, check: one })).toMatchObject({
      status,
      value: age,
      message,
    })
  })

  it('freshness reads times without a zone in the project’s', async () => {
    const one = check({ kind: 'freshness', column: 'at', maxAgeMs: 3_600_000 })
    const rows = "select timestamp '2024-06-01 12:30:00' as at"
    const dublin = await openJudge('Europe/Dublin')
    expect(await dublin.judgeOne({ rows, check: one })).toMatchObject({ value: 1_800_000 })
    await dublin.close()
  })
})

describe('rows a check looks at', () => {
  it('where narrows them for every kind', async () => {
    const where = "site = 'a' -- not b"
    const { results } = await judge({
      rows: some,
      checks: [
        check({ kind: 'not_null', column: 'n', where }),
        check({ kind: 'unique', columns: ['site'], where }),
        check({ kind: 'failed_rows', sql: 'select * from this', where }),
        check({ kind: 'row_count', min: 3, where }),
      ],
    })
    expect(results.map(({ rows, failedRows, status }) => [rows, failedRows, status])).toEqual([
      [2, 1, 'failed'],
      [2, 2, 'failed'],
      [2, 2, 'failed'],
      [2, 0, 'failed'],
    ])
  })

  it('tolerance lets a fraction of them fail', async () => {
    const one = { kind: 'not_null', column: 'site' } as const
    expect(await judgeOne({ rows: some, check: check({ ...one, tolerance: 0.25 }) })).toMatchObject({
      status: 'passed',
      message: '1 of 4 rows has no site, within the tolerance of 25 %',
    })
    expect(await judgeOne({ rows: some, check: check({ ...one, tolerance: 0.24 }) })).toMatchObject({
      status: 'failed',
    })
  })

  it('no rows pass every row check', async () => {
    const { results, verdict } = await judge({
      rows: `${some} where false`,
      tenant: 'site',
      checks: [
        check({ kind: 'not_null', column: 'site' }),
        check({ kind: 'unique', columns: ['id'] }),
        check({ kind: 'failed_rows', sql: 'select * from this' }),
      ],
    })
    expect(results.map(({ status, fraction, message }) => [status, fraction, message])).toEqual(
      Array(3).fill(['passed', 0, 'No rows to look at']),
    )
    expect(verdict).toBe('pass')
  })

  it('unique finds a key that released rows already have, and ignores their own duplicates', async () => {
    const result = await judgeOne({
      rows: 'select * from (values (1), (2)) v(id)',
      released: 'select * from (values (2), (8), (8)) v(id)',
      check: check({ kind: 'unique', columns: ['id'] }),
    })
    expect(result).toMatchObject({ status: 'failed', rows: 2, failedRows: 1, samples: [{ id: 2 }] })
  })

  it('unique leaves out NULL, except in the asset’s own key', async () => {
    const given = {
      rows: 'select * from (values (1, 1), (null, 1), (null, 1)) v(a, b)',
      check: check({ kind: 'unique', columns: ['b', 'a'] }),
    }
    expect(await judgeOne(given)).toMatchObject({ status: 'passed' })
    expect(await judgeOne({ ...given, asset: { key: ['a', 'b'] } })).toMatchObject({
      failedRows: 2,
      message: '2 of 3 rows have no b and a or share it with another row',
    })
  })

  it('relationships to the asset itself sees the rows it will have', async () => {
    const one = check({ kind: 'relationships', column: 'parent', to: 'marts.visits', field: 'id' })
    const result = await judgeOne({
      rows: 'select * from (values (1, null), (2, 1), (3, 9)) v(id, parent)',
      check: one,
    })
    expect(result).toMatchObject({ failedRows: 1, samples: [{ id: 3, parent: 9 }] })
  })

  it('accepted_values compares whole numbers too long for a number by all their digits', async () => {
    const result = await judgeOne({
      rows: 'select unnest([9007199254740992, 9007199254740993]) as id',
      check: check({ kind: 'accepted_values', column: 'id', values: ['9007199254740993'] }),
    })
    expect(result).toMatchObject({ failedRows: 1, samples: [{ id: '9007199254740992' }] })
  })

  it('rows without a tenant are one tenant, be it NULL or an empty text, and none is lost', async () => {
    const rows = "select * from (values (1, 'a'), (1, null), (1, ''), (2, null)) v(id, site)"
    const tenants = [
      { tenant: '', rows: 3, failedRows: 2 },
      { tenant: 'a', rows: 1, failedRows: 1 },
    ]
    for (const one of [
      check({ kind: 'unique', columns: ['id'] }),
      check({ kind: 'accepted_range', column: 'id', min: 2 }),
      check({ kind: 'failed_rows', sql: 'select * from this where id = 1' }),
    ])
      expect(await judgeOne({ rows, tenant: 'site', check: one })).toMatchObject({ failedRows: 3, tenants })
  })

  it('failed_rows may give more rows than there are, and says so', async () => {
    const sql = 'select * from this union all select * from this'
    const result = await judgeOne({ rows: some, check: check({ kind: 'failed_rows', name: 'twice', sql }) })
    expect(result).toMatchObject({ failedRows: 8, rows: 4, fraction: 1 })
    expect(result.message).toBe('twice gives 8 rows; there are 4 rows to look at')
  })
})

describe('checks that cannot be judged', () => {
  it.each([
    [
      'text for an integer',
      check({ kind: 'accepted_values', column: 'id', values: ['1'] }),
      "'1' is text, which id (INTEGER) cannot hold",
    ],
    [
      'a number for text',
      check({ kind: 'accepted_values', column: 'site', values: [1] }),
      '1 is a number, which site (VARCHAR) cannot hold',
    ],
    [
      'words for a number',
      check({ kind: 'accepted_range', column: 'n', min: 'low' }),
      "'low' is text, which n (DOUBLE) cannot hold",
    ],
    ['crossed bounds', check({ kind: 'accepted_range', column: 'n', min: 2, max: 1 }), 'min 2 above max 1'],
    ['no such column', check({ kind: 'not_null', column: 'sight' }), 'marts.visits has no column sight'],
    ['no time', check({ kind: 'freshness', column: 'id', maxAgeMs: 1 }), 'id (INTEGER) is no time'],
    ['broken SQL', check({ kind: 'failed_rows', sql: 'select * frm this' }), '(ENGINE_STATEMENT_FAILED)'],
    ['broken where', check({ kind: 'not_null', column: 'n', where: 'sight = 1' }), 'sight'],
    ['broken pattern', check({ kind: 'matches_regex', column: 'site', pattern: '(' }), 'missing )'],
    [
      'no such parent',
      check({ kind: 'relationships', column: 'id', to: 'raw.none', field: 'id' }),
      'raw.none',
    ],
  ])('%s: an error that blocks, and nothing thrown', async (_title, one, words) => {
    const good = check({ kind: 'not_null', name: 'good', column: 'id' })
    const { results, verdict } = await judge({ rows: some, tenant: 'site', checks: [good, one] })
    expect(results[0]).toMatchObject({ status: 'passed', rows: 4 })
    expect(results[1]).toMatchObject({ status: 'error', samples: [] })
    expect(results[1]?.message).toMatch(/^Could not be judged: /)
    expect(results[1]?.message).toContain(words)
    expect(verdict).toBe('block')
  })
})

describe('the verdict', () => {
  const fails = (
    onFail: 'continue' | 'hold_delivery' | 'block',
    severity: 'info' | 'critical' = 'critical',
  ) => check({ kind: 'not_null', name: onFail, column: 'site', onFail, severity })

  it('follows on_fail alone, the strictest first', async () => {
    expect((await judge({ rows: some, checks: [fails('continue')] })).verdict).toBe('pass')
    expect((await judge({ rows: some, checks: [fails('continue'), fails('hold_delivery')] })).verdict).toBe(
      'hold_delivery',
    )
    expect(
      (await judge({ rows: some, checks: [fails('block', 'info'), fails('hold_delivery')] })).verdict,
    ).toBe('block')
  })

  it('lets a named check, or all of a kind, pass once', async () => {
    const { verdict, results } = await judge({ rows: some, checks: [fails('block')], accept: ['block'] })
    expect(verdict).toBe('pass')
    expect(results[0]).toMatchObject({ status: 'failed', message: '1 of 4 rows has no site (let pass once)' })
    expect((await judge({ rows: some, checks: [fails('block')], accept: ['not_null'] })).verdict).toBe('pass')
  })

  it('rejects with the signal’s reason when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(judge({ rows: some, checks: [fails('block')] }, signal)).rejects.toThrow('enough')
  })
})

describe('quarantine', () => {
  const aside = { onFail: 'quarantine' } as const

  it('sets failing rows aside under the first reason, then judges the rest', async () => {
    const outcome = await judge({
      rows: some,
      checks: [
        check({ kind: 'not_null', column: 'site', ...aside }),
        check({ kind: 'accepted_range', column: 'n', max: 5, ...aside }),
        check({ kind: 'row_count', max: 2 }),
        check({ kind: 'unique', columns: ['id'] }),
      ],
    })
    expect(outcome).toMatchObject({ verdict: 'pass', quarantined: 2 })
    expect(outcome.results.map(({ status, message }) => [status, message])).toEqual([
      ['failed', '1 of 4 rows has no site; set aside'],
      ['failed', '2 of 3 rows have n above 5, or NaN; set aside'],
      ['passed', '2 rows'],
      ['passed', 'All 2 rows pass'],
    ])
    expect(await setAside(outcome)).toEqual([
      [3, 'not_null', 'has no site'],
      [3, 'accepted_range', 'has n above 5, or NaN'],
    ])
  })

  it('keeps the first of equal keys, and none that is already released', async () => {
    const { read, quarantined, verdict } = await judge({
      rows: "select * from (values (1, 'first'), (1, 'second'), (2, 'new'), (3, 'only')) v(id, word)",
      released: "select 2 as id, 'old' as word",
      checks: [check({ kind: 'unique', columns: ['id'], ...aside })],
    })
    expect([quarantined, verdict]).toEqual([2, 'pass'])
    expect((await read('select word from this order by id')).flat()).toEqual(['first', 'only'])
  })

  it('finds rows by the run’s parameters and by the rows as they will be', async () => {
    const outcome = await judge({
      rows: 'select * from (values (1, 5), (2, 6), (9, 7)) v(id, parent)',
      released: 'select 5 as id, null as parent',
      parameters: { most: 6 },
      checks: [
        check({
          kind: 'relationships',
          column: 'parent',
          to: 'marts.visits',
          field: 'id',
          ...aside,
          where: 'parent <= $most',
        }),
        check({ kind: 'failed_rows', sql: 'select * from this where id > $most', ...aside }),
      ],
    })
    expect(outcome).toMatchObject({ quarantined: 2, verdict: 'pass' })
    expect(await outcome.read('select id from this')).toEqual([[1]])
  })

  it('finds the rows of an author’s statement by value, or by key', async () => {
    const whole = check({ kind: 'failed_rows', sql: 'select * from this where id = 3', ...aside })
    expect(await judge({ rows: some, checks: [whole] })).toMatchObject({ quarantined: 2, verdict: 'pass' })
    const keyed = check({ kind: 'failed_rows', sql: 'select id from this where id < 3', ...aside })
    expect(await judge({ rows: some, checks: [keyed], asset: { key: ['id'] } })).toMatchObject({
      quarantined: 2,
    })
  })

  it('blocks where rows cannot be told, cannot be judged, or are a view’s', async () => {
    const counted = check({ kind: 'failed_rows', sql: 'select count(*) as rows from this', ...aside })
    expect(await judge({ rows: some, checks: [counted] })).toMatchObject({ quarantined: 0, verdict: 'block' })
    const broken = check({ kind: 'failed_rows', sql: 'select', ...aside })
    expect(await judge({ rows: some, checks: [broken] })).toMatchObject({ quarantined: 0, verdict: 'block' })
    const nulls = check({ kind: 'not_null', column: 'site', ...aside })
    const view = await judge({ rows: some, checks: [nulls], view: true })
    expect(view).toMatchObject({ quarantined: 0, verdict: 'block' })
    expect(view.results[0]?.message).toBe(
      '1 of 4 rows has no site; a view’s rows cannot be set aside, so all are held',
    )
  })

  it('follows what rows set aside take with them, to the last', async () => {
    const outcome = await judge({
      rows: 'select * from (values (1, null), (2, 9), (3, 2), (4, 3), (5, 1)) v(id, parent)',
      checks: [check({ kind: 'relationships', column: 'parent', to: 'marts.visits', field: 'id', ...aside })],
    })
    expect(outcome).toMatchObject({ quarantined: 3, verdict: 'pass' })
    expect(outcome.results[0]).toMatchObject({ failedRows: 3, rows: 4, fraction: 0.75 })
    expect(await outcome.read('select id from this order by id')).toEqual([[1], [5]])
  })

  it('sets aside what breaks a tolerance only once others are gone', async () => {
    const outcome = await judge({
      rows: 'select i as id, case when i > 0 then i end as n from range(10) t(i)',
      checks: [
        check({ kind: 'not_null', column: 'n', tolerance: 0.1, ...aside }),
        check({ kind: 'accepted_range', column: 'id', max: 7, ...aside }),
      ],
    })
    expect(outcome).toMatchObject({ quarantined: 3, verdict: 'pass' })
    expect(outcome.results.map(({ message }) => message)).toEqual([
      '1 of 8 rows has no n; set aside',
      '2 of 10 rows have id above 7; set aside',
    ])
  })

  it('blocks where a column called rowid hides which row is which', async () => {
    const outcome = await judge({
      rows: 'select 1 as id, 5 as "RowId" union all select 2, 5',
      checks: [check({ kind: 'unique', columns: ['RowId'], ...aside })],
    })
    expect(outcome).toMatchObject({ quarantined: 0, verdict: 'block' })
    expect(outcome.results[0]?.message).toContain('a column called rowid cannot be set aside')
  })

  it('judges the table still when every row went', async () => {
    const outcome = await judge({
      rows: some,
      checks: [
        check({ kind: 'failed_rows', sql: 'select * from this', ...aside }),
        check({ kind: 'row_count', min: 1 }),
      ],
    })
    expect(outcome).toMatchObject({ quarantined: 4, verdict: 'block' })
    expect(outcome.results[1]).toMatchObject({ status: 'failed', value: 0 })
  })

  it('moves nothing that is let pass once or within the tolerance', async () => {
    const nulls = check({ kind: 'not_null', column: 'site', ...aside })
    expect(await judge({ rows: some, checks: [nulls], accept: ['not_null'] })).toMatchObject({
      quarantined: 0,
      verdict: 'pass',
    })
    expect(await judge({ rows: some, checks: [{ ...nulls, tolerance: 0.5 }] })).toMatchObject({
      quarantined: 0,
      verdict: 'pass',
    })
  })
})

/** Releases what was judged, and reads what readers see of the rows set aside. */
async function setAside({ candidate, change, quarantined }: Outcome): Promise<unknown[][]> {
  const signal = new AbortController().signal
  const asset = 'marts.visits'
  const released = {
    asset,
    columns: candidate.columns,
    change: change!,
    deliveries: [],
    quarantined: quarantined > 0,
  }
  const request = { release: 1, run: 1, environment: 'prod', at: 0, changes: [released], retire: [] }
  await engine.release(request, signal)
  const sql = 'select id, _check, _reason from quarantine.marts__visits order by all desc'
  const { rows } = await engine.query({ sql, parameters: {}, maxRows: 10 }, signal)
  return rows.map((row) => [...row])
}
