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
      // Files, by every door.
      "select * from read_blob('/etc/passwd')",
      "select * from read_csv_auto('/etc/passwd')",
      "select * from read_json('/etc/passwd')",
      "select * from read_parquet('/tmp/x.parquet')",
      "select * from parquet_metadata('/tmp/x.parquet')",
      "select * from sniff_csv('/etc/passwd')",
      "select * from read_duckdb('/tmp/x.duckdb')",
      "from 'file.parquet'",
      'from "/etc/passwd"',
      'select * from "read_csv"(\'/etc/passwd\')',
      "select * from system.main.read_csv('/etc/passwd')",
      'select * from /* x */ read_text /* y */ ($$/etc/passwd$$)',
      "select (select content from read_text('/etc/passwd'))",
      "with t as (from read_text('/etc/passwd')) from t",
      "select * from staging.a, lateral (select * from read_text('/etc/passwd'))",
      "select * from staging.a union all by name select * from read_text('/etc/passwd')",
      // Statements inside statements, and more than one.
      "select * from query_table('millrace_data.staging__a__1')",
      "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
      'select 1; drop view staging.a',
      '/* harmless */ drop view staging.a',
      'explain analyze delete from staging.a',
      'prepare p as select 1',
      'commit',
      // The process and its settings.
      'select "getenv"(\'HOME\')',
      "select system.main.getenv/**/('HOME')",
      "select list_transform(['HOME'], lambda x: getenv(x))",
      "select current_setting('temp_directory')",
      'select * from duckdb_settings()',
      'set variable x = 1',
      "pragma memory_limit='1TB'",
      'call duckdb_settings()',
      'load httpfs',
      'use memory',
      'detach millrace_warehouse',
      "export database '/tmp/x'",
      "copy staging.a to '/tmp/x.csv'",
      'create secret s (type s3)',
      'create macro m() as 1',
      'vacuum',
      // Names behind the names.
      'show all tables',
      'select * from (show all tables)',
      'from (summarize millrace_data.staging__a__1)',
      'select * from duckdb_tables()',
      'select * from pg_catalog.pg_tables',
      'select pg_get_viewdef(1)',
      "select * from pragma_table_info('millrace_data.staging__a__1')",
      'select * from millrace_warehouse.millrace_data.staging__a__1',
      'from millrace_data.staging__a__1 select id',
      'select * from staging.a where id in (from millrace_data.staging__a__1)',
      'select * from staging.a order by (select id from millrace_data.staging__a__1)',
      'select sum((select id from millrace_data.staging__a__1)) over () from staging.a',
      'select * from (pivot millrace_data.staging__a__1 on id in (1))',
      'select * from histogram_values(millrace_data.staging__a__1, id)',
      // More than a machine holds.
      "select repeat('x', 1000000000)",
      "select repeat('x', id) from staging.a",
      "select lpad('x', 2000000000, 'y')",
      'select range(100000000) from range(2048)',
      'select [x for x in range(1000000000)]',
      "select format('{:>2000000000}', 'x')",
      "select format('{:>{}}', 'x', 2000000000)",
      "select printf('%*d', 2000000000, 1)",
      'select array_agg(range) over () from range(1000000)',
      'select pg_sleep(60)',
      // The same from text to text, list to list, element to element.
      "with a as (select repeat('x', 1000) || range as s from range(2048)), b as (select s || s || s || s || s || s || s as s from a) select s || s || s || s || s || s || s from b",
      'select id || id as a, a || a as b, b || b as c, c || c as d, d || d as e, e || e as f from staging.a',
      'select len(l || l || l || l || l || l || l || l) from (select list(range) as l from range(1000000))',
      "with recursive t(s) as (select 'x' union all select s || s || s || s || s || s || s || s from t) select count(*) from t",
      'with t as not materialized (select 1) select * from t',
      "select list_reduce(['x', 'x', 'x'], lambda a, b: a || a)",
      'select [[x + y for y in range(1000)] for x in range(1000)]',
      'select list_transform(range(1000), lambda x: l) from (select range(1000) as l)',
      "select list_transform(range(1000), lambda x: lower(s)) from (select repeat('x', 1000) as s)",
      'select list_select([id], range(1000)) from staging.a',
      "select replace(id::varchar, '1', id::varchar) from staging.a",
      `select json_extract('{}', [${Array.from({ length: 40 }, () => "'$'").join(', ')}])`,
      "select levenshtein(a || a, a || a) from (select repeat('x', 1000) as a)",
    ]
    claim('but refuses what writes, attaches, reads files or looks behind the names', async () => {
      await publish('staging.a', 'select 1 as id')
      for (const sql of refused) {
        const error = await failure(bench.engine.query({ sql, parameters: {}, maxRows: 10 }, never()))
        expect(['ENGINE_QUERY_REFUSED', 'ENGINE_QUERY_FAILED'], sql).toContain(error.code)
      }
      expect(await read('select id from staging.a')).toEqual([[1]])
    })

    claim('does not suggest names that are nobody’s business', async () => {
      await publish('staging.a', 'select 1 as id')
      const error = await failure(read('select * from staging.staging__a__1'))
      expect(error.message).not.toMatch(/millrace/)
    })

    const endless = [
      'with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t',
      'select count(*) from range(100000000000) a, range(1000000000) b where a.range * b.range % 7 = 3',
      'select count(distinct hash(i)) from range(3000000000) t(i)',
    ]
    claim('is stopped when its time is over, and the engine goes on', async () => {
      for (const sql of endless) {
        const error = await failure(
          bench.engine.query({ sql, parameters: {}, maxRows: 1, timeMs: 200 }, never()),
        )
        expect(error.code, sql).toBe('ENGINE_QUERY_TOO_LONG')
      }
      expect(await read('select 1')).toEqual([[1]])
    })

    claim('is refused when its rows are larger than a reader can take', async () => {
      const sql = `select repeat('x', 1000) as x from range(100000)`
      const error = await failure(bench.engine.query({ sql, parameters: {}, maxRows: 100_000 }, never()))
      expect(error.code).toBe('ENGINE_QUERY_TOO_LARGE')
      const few = await bench.engine.query({ sql, parameters: {}, maxRows: 10 }, never())
      expect(few.rows.length).toBe(10)
    })

    claim('is refused before one value that is too large is made', async () => {
      const values = [
        `list(range) as x from range(9000000)`,
        `string_agg(repeat('x', 1000), '') as x from range(70000)`,
      ]
      for (const value of values) {
        const error = await failure(read(`select ${value}`))
        expect(error.code, value).toMatch(/^ENGINE_QUERY_TOO_(LARGE|HEAVY)$/)
      }
    })

    claim('may join, gather and compute as people do', async () => {
      await publish('staging.a', 'select 1 as id')
      const rows = await read(`with recursive t(path, n) as (
          select 'a', 1 union all select path || '/' || n, n + 1 from t where n < 3
        )
        select string_agg(path || ' ' || id, ', ' order by path) as paths,
          list_transform([1, 2, 3], lambda x: x * 2 + 1) as odd, [x for x in range(5) if x > 2] as few,
          list_filter(['a', 'bb'], lambda x: length(x) > 1) as long, replace('a b', ' ', '_') as name from t, staging.a`)
      expect(rows).toEqual([['a 1, a/1 1, a/1/2 1', [3, 5, 7], [3, 4], ['bb'], 'a_b']])
      const line = Array(9).fill('id').join(" || '-' || ")
      expect(await read(`select list(id) as ids, ${line} as line from staging.a group by id`)).toEqual([
        [[1], '1-1-1-1-1-1-1-1-1'],
      ])
    })

    claim('may still make small lists and texts of its own', async () => {
      expect(
        await read(
          `select repeat('ab', 2), lpad('7', 3, '0'), range(3), format('{:.2f}', 1.5), (select count(*) from range(1000000))`,
        ),
      ).toEqual([['abab', '007', [0, 1, 2], '1.50', 1_000_000]])
    })

    claim('and says what is wrong with a query', async () => {
      const error = await failure(read('select nope from (select 1 as nape)'))
      expect(error).toMatchObject({ code: 'ENGINE_QUERY_FAILED' })
      expect(error.message).toMatch(/nope.*line 1, column 8/)
    })
  })
}
