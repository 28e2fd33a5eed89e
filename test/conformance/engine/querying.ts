import { describe, expect } from 'vitest'
import { columns } from '../rows.js'
import { type Bench, never } from './bench.js'

export function queryingClaims(bench: Bench): void {
  const { publish, read, failure, claim } = bench
  describe('queries', () => {
    claim('released rows, cut at maxRows', async () => {
      await publish('staging.a', 'select i as id from range(5000) t(i)')
      const result = await bench.engine.query(
        { sql: 'select id from staging.a order by id', parameters: {}, maxRows: 3 },
        never(),
      )
      expect(result).toEqual({ columns: columns({ id: 'BIGINT' }), rows: [[0], [1], [2]], truncated: true })
      const exact = await bench.engine.query({ sql: 'select 1 as x', parameters: {}, maxRows: 1 }, never())
      expect(exact.truncated).toBe(false)
    })

    claim('and gives values that JSON can carry', async () => {
      const result = await bench.engine.query(
        {
          sql: `select 9007199254740993 as big, 5::BIGINT as small, 1.10::DECIMAL(5,2) as price, 'NaN'::DOUBLE as nan,
          '-infinity'::DOUBLE as low, '2024-01-02 03:04:05.5+02'::TIMESTAMP WITH TIME ZONE as instant,
          '2024-01-02 03:04:05'::TIMESTAMP as local, '2024-01-02'::DATE as day, 'infinity'::TIMESTAMP as never,
          [1, null] as list, {'a': [{'b': 2}]} as nested, true as yes, null as nothing`,
          parameters: {},
          maxRows: 1,
        },
        never(),
      )
      expect(result.rows[0]).toEqual([
        '9007199254740993',
        5,
        '1.10',
        'NaN',
        '-Infinity',
        '2024-01-02T01:04:05.500Z',
        '2024-01-02T03:04:05',
        '2024-01-02',
        'infinity',
        [1, null],
        { a: [{ b: 2 }] },
        true,
        null,
      ])
    })

    const refused = [
      'create table x as select 1',
      'insert into staging.a values (1)',
      'select 1; select 2',
      "attach '/tmp/x.duckdb' as x",
      "copy (select 1) to '/tmp/x.csv'",
      "select * from '/etc/passwd'",
      "select * from read_text('/etc/passwd')",
      "select * from read_csv('/etc/passwd')",
      "select * from glob('/*')",
      "from staging.'x.csv'",
      'select * from staging."x.csv"',
      'select * from millrace_data.staging__a__1',
      'select * from millrace.releases',
      'select * from "MILLRACE_DATA".staging__a__1',
      'select (select count(*) from millrace_data.staging__a__1)',
      'with t as (select * from millrace_data.staging__a__1) select * from t',
      'select * from duckdb_secrets()',
      "select * from query('select 1')",
      "select getenv('HOME')",
      'pragma database_list',
      'set threads = 1',
      'install httpfs',
      'delete from staging.a',
      'select * from information_schema.tables',
      '',
    ]
    claim('but refuses what writes, attaches, reads files or looks behind the names', async () => {
      await publish('staging.a', 'select 1 as id')
      for (const sql of refused) {
        const error = await failure(bench.engine.query({ sql, parameters: {}, maxRows: 10 }, never()))
        expect(['ENGINE_QUERY_REFUSED', 'ENGINE_QUERY_FAILED'], sql).toContain(error.code)
      }
      expect(await read('select id from staging.a')).toEqual([[1]])
    })

    claim('and says what is wrong with a query', async () => {
      const error = await failure(read('select nope from (select 1 as nape)'))
      expect(error).toMatchObject({ code: 'ENGINE_QUERY_FAILED' })
      expect(error.message).toMatch(/nope.*line 1, column 8/)
    })
  })
}
