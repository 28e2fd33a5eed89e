import { afterEach, describe, expect, it } from 'vitest'
import type { SealedEngine } from '../../../../../src/adapters/engines/duckdb/tenants/sealed-engine.js'
import { SealedEngines } from '../../../../../src/adapters/engines/duckdb/tenants/sealed-engines.js'

const CANARY = 'canary-7f3a'
const opened: SealedEngines[] = []
afterEach(() => {
  for (const engines of opened.splice(0)) engines.close()
})
function engines(): SealedEngines {
  const made = new SealedEngines('UTC')
  opened.push(made)
  return made
}

/** One tenant: its rows, then whatever it does. */
async function stay(engine: SealedEngine, statements: readonly string[]): Promise<void> {
  const connection = await engine.connect()
  await connection.run(`create schema marts; create table marts.orders as select '${CANARY}' as name`)
  for (const sql of statements) await connection.run(sql)
}

/** Everything that the next tenant can list of an engine. */
const LISTS = [
  'databases',
  'schemas',
  'tables',
  'columns',
  'views',
  'types',
  'sequences',
  'functions',
  'indexes',
]
  .map((list) => `duckdb_${list}()`)
  .concat('duckdb_prepared_statements()', 'duckdb_variables()', 'duckdb_temporary_files()', 'duckdb_logs')

describe('a sealed engine', () => {
  it('is used again, and the next tenant finds nothing of the one before: no row, object, setting or log', async () => {
    const pool = engines()
    const engine = await pool.borrow()
    await stay(engine, [
      `create temp table kept as select '${CANARY}' as name`,
      `create macro ${CANARY.replace('-', '_')}() as '${CANARY}'`,
      `create type mood as enum ('${CANARY}')`,
      'create sequence marts.counter',
      `create view main.seen as select '${CANARY}' as name`,
      `prepare asked as select '${CANARY}'`,
      `set variable v = '${CANARY}'`,
      `select setseed(0.5)`,
      'begin',
      `insert into marts.orders values ('${CANARY} open')`,
    ])
    pool.giveBack(engine)
    const next = await pool.borrow()
    expect(next).toBe(engine)
    const connection = await next.connect()
    for (const list of LISTS) {
      const { rows } = await connection
        .runAndReadAll(`select cast(columns(*) as varchar) from ${list}`)
        .then((reader) => ({ rows: JSON.stringify(reader.getRows()) }))
      expect(rows.replaceAll('canary_7f3a()', CANARY), list).not.toContain(CANARY)
    }
    for (const sql of [
      'from marts.orders',
      'from kept',
      'from seen',
      'execute asked',
      `select nextval('marts.counter')`,
    ])
      await expect(connection.run(sql), sql).rejects.toThrow()
    expect((await connection.runAndReadAll(`select getvariable('v')`)).getRows()).toEqual([[null]])
  })

  it('that was made to log is thrown away: its log could say to the next what the one before wrote', async () => {
    for (const statements of [
      ['from enable_logging()', `select write_log('${CANARY}')`],
      ['from enable_logging()'],
      ['from enable_logging()', `select write_log('${CANARY}')`, 'from disable_logging()'],
    ]) {
      const pool = engines()
      const engine = await pool.borrow()
      await stay(engine, statements)
      pool.giveBack(engine)
      const next = await pool.borrow()
      expect(next).not.toBe(engine)
      const reader = await (await next.connect()).runAndReadAll('select message from duckdb_logs')
      expect(reader.getRows()).toEqual([])
    }
  })

  it('in which something stands outside the tenant’s database is thrown away', async () => {
    for (const sql of [
      `attach ':memory:' as other`,
      'create table memory.main.left_behind as select 1',
      'create schema memory.left_behind',
    ]) {
      const pool = engines()
      const engine = await pool.borrow()
      await stay(engine, [sql])
      pool.giveBack(engine)
      expect(await pool.borrow(), sql).not.toBe(engine)
    }
  })

  it('cannot be told otherwise, nor reach a file', async () => {
    const engine = await engines().borrow()
    const connection = await engine.connect()
    for (const sql of [
      'set enable_external_access = true',
      'set lock_configuration = false',
      `set temp_directory = '/tmp'`,
      'set threads = 4',
      `set global TimeZone = 'Europe/Dublin'`,
      `attach '/tmp/stolen.duckdb'`,
      `copy (select 1) to '/tmp/stolen.csv'`,
      `from read_text('/etc/passwd')`,
      'load httpfs',
      `create secret s (type s3)`,
    ])
      await expect(connection.run(sql), sql).rejects.toThrow()
  })

  it('holds one tenant at a time, and closes with its pool', async () => {
    const pool = engines()
    const engine = await pool.borrow()
    await stay(engine, [])
    await expect(engine.connect()).rejects.toThrow('still belongs to a tenant')
    pool.close()
    pool.giveBack(engine)
    await expect(engine.connect()).rejects.toThrow()
  })
})
