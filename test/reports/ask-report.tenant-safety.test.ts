import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/engines/duckdb/open-duckdb.js'
import type { TenantCopies } from '../../src/adapters/engines/tenant-copies.js'
import { MillraceError } from '../../src/base/errors.js'
import { silentLog } from '../../src/base/log.js'
import { loadReports } from '../../src/reports/load-reports.js'
import { createBench } from '../conformance/engine/bench.js'
import { duckDbParser } from '../project/fixture.js'

/** What only tenant B's rows hold. It must not be seen from A's side, whatever is asked. */
const CANARY = 'canary-7f3a'
const CANARY_NUMBER = 918_273_645

/**
 * Report SQL by somebody who wants another tenant's rows. `refused`: loading says so already. The others are harmless
 * questions, asked in a hostile way; they run, and find only A's rows.
 */
const HOSTILE: readonly Readonly<{ what: string; sql: string; refused: boolean }>[] = [
  {
    what: 'a comment that ends the predicate',
    sql: `select * from marts.orders -- where customer_id = 'a'`,
    refused: false,
  },
  {
    what: 'a comment inside a name',
    sql: 'select * from marts./* x */orders where 1=1 /* and */ or 2=2',
    refused: false,
  },
  { what: 'an open comment', sql: 'select * from marts.orders /*', refused: true },
  { what: 'or true', sql: `select * from marts.orders where customer_id = 'a' or true`, refused: false },
  {
    what: 'the other tenant by name',
    sql: `select * from marts.orders where customer_id = 'b'`,
    refused: false,
  },
  {
    what: 'a CTE that shadows an asset',
    sql: 'with orders as (select * from marts.orders) select * from orders',
    refused: false,
  },
  {
    what: 'a CTE named like the schema',
    sql: 'with "marts.orders" as (select 1 as x) select * from marts.orders, "marts.orders"',
    refused: false,
  },
  {
    what: 'a union of everything',
    sql: 'select name from marts.orders union all select name from marts.orders',
    refused: false,
  },
  {
    what: 'a union with the engine’s tables',
    sql: 'select name from marts.orders union all select sql from duckdb_tables()',
    refused: true,
  },
  { what: 'quoted names', sql: 'select * from "marts"."orders"', refused: false },
  { what: 'names in another letter case', sql: 'select * from MARTS."ORDERS"', refused: false },
  { what: 'an asset that was not asked for', sql: 'select * from "raw"."secrets"', refused: false },
  { what: 'a view over another asset', sql: 'select * from marts.order_view', refused: false },
  { what: 'the physical table', sql: 'select * from millrace_data.marts__orders__1', refused: true },
  { what: 'the warehouse’s catalog', sql: 'select * from millrace_warehouse.marts.orders', refused: true },
  {
    what: 'a correlated subquery',
    sql: 'select (select max(o.amount) from marts.orders o where o.customer_id <> c.customer_id) from marts.orders c',
    refused: false,
  },
  {
    what: 'a lateral join',
    sql: 'select * from marts.orders c, lateral (select * from marts.orders o where o.customer_id <> c.customer_id)',
    refused: false,
  },
  {
    what: 'a cross-tenant join',
    sql: 'select a.name, b.name from marts.orders a join marts.orders b on a.customer_id <> b.customer_id',
    refused: false,
  },
  {
    what: 'a column named like the tenant column',
    sql: `select 'b' as customer_id, name from marts.orders`,
    refused: false,
  },
  { what: 'a macro', sql: 'create macro everything() as table select * from marts.orders', refused: true },
  { what: 'a prepared statement', sql: 'prepare q as select * from marts.orders', refused: true },
  { what: 'execute', sql: 'execute q', refused: true },
  { what: 'a setting', sql: `set enable_external_access = true`, refused: true },
  { what: 'reset', sql: 'reset lock_configuration', refused: true },
  { what: 'a second statement', sql: 'select 1; select * from marts.orders', refused: true },
  { what: 'a second statement that attaches', sql: `select 1; attach '/tmp/x.duckdb'`, refused: true },
  { what: 'attach', sql: `attach 'WAREHOUSE' as w`, refused: true },
  { what: 'the warehouse file', sql: `select * from 'WAREHOUSE'`, refused: true },
  {
    what: 'read_parquet of temporary files',
    sql: `select * from read_parquet('FOLDER/**/*.parquet')`,
    refused: true,
  },
  { what: 'read_text of the warehouse', sql: `select * from read_text('WAREHOUSE')`, refused: true },
  { what: 'read_blob of another page', sql: `select * from read_blob('FOLDER/*')`, refused: true },
  { what: 'glob', sql: `select * from glob('FOLDER/*')`, refused: true },
  { what: 'a pragma', sql: 'pragma database_list', refused: true },
  { what: 'a pragma as a function', sql: 'select * from pragma_database_list()', refused: true },
  { what: 'query_table', sql: `select * from query_table('marts.orders')`, refused: true },
  { what: 'query', sql: `select * from query('select * from marts.orders')`, refused: true },
  { what: 'a serialized statement', sql: `select * from json_execute_serialized_sql('{}')`, refused: true },
  { what: 'the functions of the engine', sql: 'select * from duckdb_temporary_files()', refused: true },
  { what: 'the log', sql: 'select * from duckdb_logs', refused: true },
  { what: 'getenv', sql: `select getenv('HOME')`, refused: true },
  { what: 'a setting by function', sql: `select current_setting('temp_directory')`, refused: true },
  { what: 'a sequence', sql: `select nextval('s')`, refused: true },
  { what: 'summarize', sql: 'summarize marts.orders', refused: true },
  { what: 'summarize in brackets', sql: 'select * from (summarize marts.orders)', refused: true },
  { what: 'describe in brackets', sql: 'select * from (describe marts.orders)', refused: true },
  { what: 'show all tables', sql: 'select * from (show all tables)', refused: true },
  {
    what: 'a pivot of names',
    sql: `pivot marts.orders on name in ('a1', 'CANARY') using sum(amount)`,
    refused: false,
  },
  { what: 'a pivot without names', sql: 'pivot marts.orders on name using sum(amount)', refused: true },
  {
    what: 'unpivot',
    sql: 'unpivot (select name, customer_id from marts.orders) on columns(*)',
    refused: false,
  },
  { what: 'columns by pattern', sql: `select columns('.*') from marts.orders`, refused: false },
  { what: 'time travel', sql: 'select * from marts.orders at (version => 0)', refused: false },
  { what: 'a sample', sql: 'select * from marts.orders using sample 100%', refused: false },
  { what: 'rowid', sql: 'select rowid, * from marts.orders', refused: false },
  { what: 'copy out', sql: `copy marts.orders to 'FOLDER/stolen.csv'`, refused: true },
  { what: 'a table', sql: 'create table stolen as select * from marts.orders', refused: true },
  { what: 'export', sql: `export database 'FOLDER/all'`, refused: true },
  { what: 'load', sql: 'load httpfs', refused: true },
  { what: 'call', sql: 'call pragma_version()', refused: true },
  { what: 'explain analyze', sql: 'explain analyze select * from marts.orders', refused: true },
  { what: 'the catalog of Postgres', sql: 'select * from pg_catalog.pg_class', refused: true },
  { what: 'the catalog without its schema', sql: 'select * from sqlite_master', refused: true },
  { what: 'the information schema', sql: 'select * from information_schema.tables', refused: true },
  {
    what: 'quoted, the information schema',
    sql: 'select * from "information_schema"."columns"',
    refused: true,
  },
  { what: 'the engine’s own database', sql: 'select * from memory.marts.orders', refused: true },
  { what: 'the system’s database', sql: 'select * from system.main.duckdb_tables', refused: true },
  {
    what: 'the tenant’s database by its name',
    sql: 'select * from millrace_copy.marts.orders',
    refused: true,
  },
  {
    what: 'a temporary table of the sorted copy',
    sql: 'select * from temp.millrace_rows_1_0',
    refused: true,
  },
  { what: 'the numbers of tenants', sql: 'select * from millrace_tenants_1', refused: true },
  { what: 'rows set aside', sql: 'select * from quarantine.marts__orders', refused: true },
  { what: 'the engine’s secrets', sql: 'select * from duckdb_secrets()', refused: true },
  { what: 'the engine’s settings', sql: 'select * from duckdb_settings()', refused: true },
  { what: 'the engine’s memory', sql: 'select * from duckdb_memory()', refused: true },
  { what: 'statistics of a table', sql: `select * from pragma_storage_info('marts.orders')`, refused: true },
  { what: 'statistics of a column', sql: 'select stats(amount) from marts.orders', refused: false },
  { what: 'a guess at a file', sql: `select * from sniff_csv('FOLDER/x.csv')`, refused: true },
  { what: 'a file without a function', sql: `from 'FOLDER/w.duckdb'`, refused: true },
  { what: 'a file of Parquet', sql: `from 'FOLDER/*.parquet'`, refused: true },
  { what: 'the engine’s log', sql: 'from enable_logging()', refused: true },
  { what: 'a note to the next tenant', sql: `select write_log(name) from marts.orders`, refused: true },
  {
    what: 'a profile in a file',
    sql: `from enable_profiling(save_location = 'FOLDER/profile.json')`,
    refused: true,
  },
  { what: 'memory by its address', sql: 'from arrow_scan(0, 0, 0)', refused: true },
  { what: 'a sleep', sql: 'select sleep_ms(1)', refused: true },
  {
    what: 'a prepared value of the tenant',
    sql: 'select * from marts.orders where customer_id = $tenant',
    refused: true,
  },
  {
    what: 'a prepared value by place',
    sql: 'select * from marts.orders where customer_id = ?',
    refused: true,
  },
  {
    what: 'a recursive CTE',
    sql: 'with recursive r(n) as (select 1 union all select n + 1 from r where n < 50) select * from r, marts.orders',
    refused: false,
  },
  {
    what: 'a materialized CTE that shadows an asset’s schema',
    sql: 'with marts as materialized (select * from marts.orders) select * from marts',
    refused: false,
  },
  {
    what: 'positional join',
    sql: 'select * from marts.orders a positional join marts.orders b',
    refused: false,
  },
  { what: 'positions for names', sql: 'select #1, #2 from marts.orders', refused: false },
  { what: 'a whole row', sql: 'select orders from marts.orders orders', refused: false },
  { what: 'a list of everything', sql: 'select list(o) from marts.orders o', refused: false },
  { what: 'values of an enum', sql: 'select enum_range(null::mood)', refused: false },
  {
    what: 'an outer join that invents rows',
    sql: `select * from marts.orders full join (values ('b')) v(customer_id) using (customer_id)`,
    refused: false,
  },
  {
    what: 'an asof join',
    sql: 'select * from marts.orders a asof join marts.orders b on a.amount >= b.amount',
    refused: false,
  },
  {
    what: 'a window over everybody',
    sql: 'select name, sum(amount) over () from marts.orders',
    refused: false,
  },
  {
    what: 'a table macro by lambda',
    sql: 'select list_transform([1], x -> x) from marts.orders',
    refused: false,
  },
  { what: 'a serialized plan', sql: `select json_serialize_plan('select 1')`, refused: true },
  { what: 'an update', sql: `update marts.orders set customer_id = 'b'`, refused: true },
  {
    what: 'an insert that returns',
    sql: `insert into marts.orders select * from marts.orders returning *`,
    refused: true,
  },
  {
    what: 'a CTE that deletes',
    sql: 'with gone as (delete from marts.orders returning *) select * from gone',
    refused: true,
  },
  { what: 'detach', sql: 'detach millrace_copy', refused: true },
  { what: 'use', sql: 'use memory', refused: true },
  { what: 'a variable', sql: `set variable x = 1`, refused: true },
  { what: 'a variable by function', sql: `select getvariable('x')`, refused: true },
  { what: 'a comment on a table', sql: `comment on table marts.orders is 'mine'`, refused: true },
  { what: 'checkpoint', sql: 'from checkpoint()', refused: true },
]

describe('hostile report SQL', () => {
  const bench = createBench(
    (folder) =>
      openDuckDb({
        path: join(folder, 'w.duckdb'),
        tempFolder: join(folder, 'tmp'),
        timezone: 'UTC',
        log: silentLog,
      }),
    {},
  )
  const signal = new AbortController().signal
  let copies: TenantCopies

  beforeAll(async () => {
    await bench.setUp()
    const rows = [
      `('a', 'a1', 1)`,
      `('a', 'a2', 2)`,
      ...[1, 2, 3].map((n) => `('b', '${CANARY} ${n}', ${CANARY_NUMBER})`),
      `(null, '${CANARY} nobody', ${CANARY_NUMBER})`,
    ]
    const orders = `select * from (values ${rows.join(', ')}) t(customer_id, name, amount)`
    await bench.publish('marts.orders', orders)
    await bench.publish('raw.secrets', orders)
    await bench.publish('marts.order_view', orders)
    copies = await bench.engine.openTenantCopies(
      {
        assets: ['marts.orders', 'marts.order_view'].map((asset) => ({ asset, key: ['name'], shared: true })),
        tenantColumn: 'customer_id',
      },
      signal,
    )
    // The other tenant's rows have been in memory and are in the sorted copy when A's questions are asked.
    const other = await copies.open('b', signal)
    expect(other.rows).toBe(6)
    other.close()
  })
  afterAll(async () => {
    await copies.close()
    await bench.tearDown()
  })

  const written = (sql: string) =>
    sql
      .replaceAll('WAREHOUSE', join(bench.folder, 'w.duckdb'))
      .replaceAll('FOLDER', bench.folder)
      .replaceAll('CANARY', CANARY)

  for (const { what, sql, refused } of HOSTILE)
    it(`finds nothing of another tenant: ${what}`, async () => {
      expect(await isRefused(written(sql))).toBe(refused)
      // Once more, without the reading that refused it: what counts is that there is nothing to be found.
      const copy = await copies.open('a', signal)
      const answer = await copy
        .query({ sql: written(sql), parameters: {}, keepAs: 'q', maxRows: 1000 }, signal)
        .then(
          ({ rows }) => JSON.stringify(rows),
          (error: unknown) => {
            expect(error).toBeInstanceOf(MillraceError)
            return String(error).replace(written(sql), '')
          },
        )
      copy.close()
      if (!sql.includes('CANARY')) expect(answer).not.toContain(CANARY)
      expect(answer).not.toContain(String(CANARY_NUMBER))
    })

  it('shared assets that have the tenant column are cut all the same', async () => {
    expect(copies.assets.every(({ cut }) => cut)).toBe(true)
  })

  async function isRefused(sql: string): Promise<boolean> {
    const root = await mkdtemp(join(tmpdir(), 'millrace-hostile-'))
    try {
      await mkdir(join(root, 'reports'))
      const text = `---\ntitle: T\nperiod: week\nfor_each: tenant\n---\n\n\`\`\`sql q\n${sql}\n\`\`\`\n\n\`\`\`table q\n\`\`\`\n`
      await writeFile(join(root, 'reports', 'weekly.md'), text)
      const assets = ['marts.orders', 'marts.order_view', 'raw.secrets']
      const parse = await duckDbParser()
      const { reports } = await loadReports(root, { assets, vars: [], tenant: 'customer_id', parse })
      return reports.length === 0
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  }
})
