import { describe, expect } from 'vitest'
import { physicalName } from '../../../src/adapters/engines/physical-name.js'
import { columns } from '../rows.js'
import { type Bench, hours, never, timed } from './bench.js'

export function buildingClaims(bench: Bench): void {
  const { build, releaseAll, changeOf, replace, read, failure, claim } = bench
  describe('builds', () => {
    claim('a candidate from a statement, invisible to readers', async () => {
      const candidate = await build(
        'staging.a',
        "select 1::BIGINT as id, 'x'::VARCHAR as name, 1.5::DECIMAL(10,2) as price",
      )
      expect(candidate).toMatchObject({
        relation: 'staging__a__1',
        rows: 1,
        columns: columns({ id: 'BIGINT', name: 'VARCHAR', price: 'DECIMAL(10,2)' }),
      })
      expect(candidate.bytes).toBeGreaterThan(0)
      await failure(read('select * from staging.a'))
    })

    claim('from the names of the run, released or not', async () => {
      const a = await build('staging.a', 'select 1 as id union all select 2')
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: a.relation,
        columns: a.columns,
      })
      await bench.workspace.define('staging.v', {
        kind: 'statement',
        sql: 'select id * $factor as id from staging.a',
        parameters: { factor: 10 },
      })
      const b = await build('marts.b', 'select sum(id)::BIGINT as total from "staging"."v"')
      await releaseAll([changeOf('marts.b', b, replace(b))])
      expect(await read('select total from marts.b')).toEqual([[30]])
    })

    claim('with a statement of its own for each range, rows of another range left to that', async () => {
      const rows = timed("(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 05:10:00+00', 1)")
      const candidate = await bench.workspace.build(
        {
          asset: 'staging.a',
          relation: physicalName('staging.a', bench.run),
          sql: [rows, `${rows} union all ${timed("(3, '2024-01-01 05:20:00+00', 1)")}`],
          parameters: {},
          ranges: [hours('2024-01-01T00:00'), hours('2024-01-01T05:00')],
          timeColumn: 'seen',
        },
        {},
        never(),
      )
      await releaseAll([changeOf('staging.a', candidate, replace(candidate))])
      expect(await read('select id from staging.a order by id')).toEqual([[1], [2], [3]])
    })

    claim('with a name defined anew, and what stands on it', async () => {
      const first = await build('staging.a', 'select 1 as id')
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: first.relation,
        columns: first.columns,
      })
      await bench.workspace.define('staging.v', {
        kind: 'statement',
        sql: 'select * from staging.a',
        parameters: {},
      })
      await build('marts.b', 'select * from staging.v')
      const second = await build('staging.c', "select 2 as id, 'new'::VARCHAR as extra")
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: second.relation,
        columns: second.columns,
      })
      expect((await build('marts.d', 'select * from staging.v')).columns).toEqual(second.columns)
    })

    claim('once per range, all in one candidate', async () => {
      const a = await build(
        'staging.a',
        timed(
          "(1, '2024-01-01 00:30:00+00', 1), (2, '2024-01-01 01:30:00+00', 1), (3, '2024-01-01 05:00:00+00', 1)",
        ),
      )
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: a.relation,
        columns: a.columns,
      })
      const sql = 'select * from staging.a where seen >= $start and seen < $end'
      const built = await build('marts.b', sql, [hours('2024-01-01T00:00'), hours('2024-01-01T05:00')])
      expect(built.rows).toBe(2)
    })

    claim('nothing when one of its ranges fails', async () => {
      const sql =
        "select case when $start < '2024-01-02'::TIMESTAMP WITH TIME ZONE then 1 else error('broken')::INTEGER end as x"
      const error = await failure(
        build('marts.b', sql, [hours('2024-01-01T00:00'), hours('2024-01-03T00:00')]),
      )
      expect(error).toMatchObject({ code: 'ENGINE_STATEMENT_FAILED', transient: false })
      await bench.workspace.define('marts.b', {
        kind: 'relation',
        relation: physicalName('marts.b', bench.run),
        columns: columns({ x: 'INTEGER' }),
      })
      await failure(build('marts.c', 'select * from marts.b'))
    })

    claim('again under the same name, as a second try does', async () => {
      await build('staging.a', 'select 1 as id')
      expect((await build('staging.a', 'select 2 as id union all select 3')).rows).toBe(2)
    })

    claim('statements with comments, semicolons and parameters in odd places', async () => {
      const sql = `/* @asset\n$not = 1 */\nselect '$text' as a, $word as b, $list as c, $none as d, $yes as e -- $tail\n;\n-- end;`
      const built = await bench.workspace.build(
        {
          asset: 'staging.a',
          relation: physicalName('staging.a', bench.run),
          sql,
          parameters: { word: "it's\na \\ 'quote'", list: [1, 2], none: null, yes: true, unused: 1 },
        },
        {},
        never(),
      )
      await releaseAll([changeOf('staging.a', built, replace(built))])
      expect(await read('select * from staging.a')).toEqual([
        ['$text', "it's\na \\ 'quote'", [1, 2], null, true],
      ])
    })

    claim('and says where a statement went wrong, in the author’s lines', async () => {
      const attempt = (sql: string) =>
        failure(
          bench.workspace.build(
            {
              asset: 'staging.a',
              relation: physicalName('staging.a', bench.run),
              sql,
              parameters: { long: 'long enough to move what follows' },
            },
            {},
            never(),
          ),
        )
      const error = await attempt(
        '/* @asset é\n*/\nselect $long as x,\n  $long || nope as y\nfrom (select 1 as nape)',
      )
      expect(error.code).toBe('ENGINE_STATEMENT_FAILED')
      expect(error.message).toContain('staging.a')
      expect(error.message).toMatch(/nope.*line 4, column 12/)
      expect(error.message).not.toMatch(/millrace_/)
      expect((await attempt('select 1 as x, $short as y')).message).toContain('$short has no value')
      expect(error.cause).toBeDefined()
    })

    claim('until the signal is aborted, and works on afterwards', async () => {
      const stop = new AbortController()
      const reason = new Error('enough')
      const started = performance.now()
      const building = bench.workspace.build(
        {
          asset: 'staging.a',
          relation: physicalName('staging.a', bench.run),
          sql: 'select count(*) as n from range(100000000) a, range(100000) b where (a.range * b.range) % 7 = 3',
          parameters: {},
        },
        {
          onProgress: () => undefined,
        },
        stop.signal,
      )
      setTimeout(() => stop.abort(reason), 100)
      await expect(building).rejects.toBe(reason)
      expect(performance.now() - started).toBeLessThan(1000)
      expect((await build('staging.a', 'select 1 as id')).rows).toBe(1)
    })

    claim('many names without paying for the unused', async () => {
      const a = await build('staging.a', 'select 1 as id')
      const started = performance.now()
      for (let index = 0; index < 1000; index++)
        await bench.workspace.define(`staging.t${index}`, {
          kind: 'relation',
          relation: a.relation,
          columns: a.columns,
        })
      await build('marts.b', 'select * from staging.t7 join staging.t999 using (id)')
      expect(performance.now() - started).toBeLessThan(500)
    })
  })

  describe('scans', () => {
    claim('with extra names for one statement', async () => {
      const a = await build('staging.a', 'select 1 as id')
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: a.relation,
        columns: a.columns,
      })
      const rows = { kind: 'relation' as const, relation: a.relation, columns: a.columns }
      const statement = {
        kind: 'statement' as const,
        sql: 'select id + 1 as id from staging.a',
        parameters: {},
      }
      const result = await bench.workspace.scan(
        {
          names: { this: rows, after: statement },
          sql: 'select this.id, after.id as next, $n as n from this, after',
          parameters: { n: 3 },
        },
        never(),
      )
      expect(result).toEqual({
        columns: columns({ id: 'INTEGER', next: 'INTEGER', n: 'INTEGER' }),
        rows: [[1, 2, 3]],
        truncated: false,
      })
      await failure(bench.workspace.scan({ names: {}, sql: 'select * from this', parameters: {} }, never()))
    })
  })
}
