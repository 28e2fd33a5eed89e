import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import type { StateStore } from '../../../../src/adapters/state/store.js'
import { silentLog as log } from '../../../../src/base/log.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { type StateProcess, startStateProcess } from '../../../support/state-process.js'

const MIGRATIONS = join(import.meta.dirname, '../../../../src/adapters/state/migrations')
/** What a Millrace of each migration had written into the tables that are new with it. */
const ROWS = join(import.meta.dirname, '../fixtures/rows')
const NAMES = readdirSync(MIGRATIONS).sort()

let server: TestPostgres
const stores: StateStore[] = []
const processes: StateProcess[] = []

beforeAll(async () => {
  server = await startTestPostgres()
})
afterEach(async () => {
  await Promise.all(processes.splice(0).map((child) => child.kill()))
  await Promise.all(stores.splice(0).map((store) => store.close()))
})
afterAll(() => server.stop())

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A database as the Millrace left it whose last migration was `last`. */
async function stateOf(last: string): Promise<string> {
  const url = await server.createDatabase()
  await withClient(url, async (client) => {
    await client.query(`create schema millrace_state;
      create table millrace_state.migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default now())`)
    for (const name of NAMES.filter((name) => name <= last)) {
      const sql = readFileSync(join(MIGRATIONS, name), 'utf8')
      await client.query(sql)
      if (existsSync(join(ROWS, name))) await client.query(readFileSync(join(ROWS, name), 'utf8'))
      await client.query('insert into millrace_state.migrations (name, checksum) values ($1, $2)', [
        name,
        createHash('sha256').update(sql).digest('hex'),
      ])
    }
  })
  return url
}

async function open(url: string): Promise<StateStore> {
  const store = await openPostgresStore({
    url,
    project: 'p',
    environment: 'prod',
    processName: 'a test',
    log,
  })
  stores.push(store)
  return store
}

const OLDER = NAMES.slice(0, -1)

describe('a state of an older Millrace', () => {
  test('is known here with rows in every table', async () => {
    const url = await stateOf(NAMES.at(-1)!)
    const empty = await withClient(url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'millrace_state'::regnamespace and relkind = 'r'`,
      )
      const counts = await Promise.all(
        rows.map(({ name }) => client.query(`select from millrace_state.${name} limit 1`)),
      )
      return rows.filter((_row, index) => counts[index]?.rowCount === 0).map(({ name }) => name)
    })
    // A migration that adds a table fills it itself or comes with rows of it in `fixtures/rows`, under its own name.
    expect(empty).toEqual([])
  })

  test.each(OLDER)('whose last migration was %s is taken on with all that was in it', async (last) => {
    const store = await open(await stateOf(last))
    expect((await store.statistics()).migrations).toEqual(NAMES)
    expect((await store.runs({ limit: 9 })).map(({ run, status }) => [run, status])).toEqual([
      [2, 'running'],
      [1, 'done'],
    ])
    expect((await store.run(1))?.steps.map(({ asset, status }) => [asset, status])).toEqual([
      ['marts.a', 'released'],
      ['raw.a', 'released'],
    ])
    expect((await store.assetStates()).get('marts.a')).toMatchObject({
      release: 1,
      relation: 'marts.a__f1',
      built: [{ start: 0, end: 3_600_000 }],
      position: { cursor: '42', files: [1, null] },
    })
    expect(await store.deliveries()).toMatchObject([{ target: 'public.a', delivered: 1, inserted: 3 }])
    expect(await store.history.slots(['raw.a', 'marts.a'], 0)).toHaveLength(2)
  })

  test.each(OLDER)('whose last migration was %s is recovered, and goes on', async (last) => {
    const store = await open(await stateOf(last))
    const [prepared] = await store.preparedReleases()
    expect(prepared).toMatchObject({ release: 2, run: 2 })
    await store.commitRelease(2)
    expect((await store.assetStates()).get('raw.a')).toMatchObject({ release: 2, rows: 5 })
    expect((await store.assetStates()).get('marts.a')?.pending).toEqual([{ start: 0, end: 3_600_000 }])
    expect((await store.abandonDeadRuns(1)).map(({ run }) => run)).toEqual([2])
    const { run } = await store.beginRun({ trigger: 't', at: 1 })
    expect(run).toBe(3)
    expect(await store.acquireLocks(run, ['raw.a', 'marts.a'])).toEqual({ ok: true })
  })

  test('is migrated once by processes that come at the same moment, and each then works', async () => {
    const url = await stateOf(OLDER[0]!)
    const children = [1, 2, 3].map((index) => startStateProcess('lock', { url, assets: [`a.a${index}`] }))
    processes.push(...children)
    const answers = await Promise.all(children.map((child) => child.next()))
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(answers.map(({ run }) => run).sort()).toEqual([3, 4, 5])
    expect((await (await open(url)).statistics()).migrations).toEqual(NAMES)
  })

  test('stays whole where a migration cannot be finished', async () => {
    const url = await stateOf(OLDER[0]!)
    const [next] = NAMES.slice(1)
    // A table of somebody else's in the way of the second one.
    await withClient(url, (client) => client.query('create table millrace_state.ticks ()'))
    await expect(open(url)).rejects.toMatchObject({
      code: 'STATE_MIGRATION_FAILED',
      message: expect.stringContaining(next!),
    })
    await withClient(url, (client) => client.query('drop table millrace_state.ticks'))
    expect(await (await open(url)).runs({ limit: 9 })).toHaveLength(2)
  })
})

describe('rights', () => {
  test('a role that may create nothing is told what to grant, and is then served', async () => {
    const url = await server.createDatabase()
    const as = url.replace('//postgres@', '//clerk@')
    await withClient(url, (client) => client.query('create role clerk login'))
    await expect(open(as)).rejects.toMatchObject({
      code: 'STATE_NOT_ALLOWED',
      message: expect.stringMatching(
        /^The role of the state database clerk@.*permission denied for database/,
      ),
      hint: expect.stringContaining('grant create on database'),
    })
    const name = new URL(url).pathname.slice(1)
    await withClient(url, (client) => client.query(`grant create on database ${name} to clerk`))
    expect(await (await open(as)).runs({ limit: 1 })).toEqual([])
  })

  test('a schema that belongs to another role is said to', async () => {
    const url = await server.createDatabase()
    await (await open(url)).close()
    await withClient(url, (client) => client.query('create role stranger login'))
    await expect(open(url.replace('//postgres@', '//stranger@'))).rejects.toMatchObject({
      code: 'STATE_NOT_ALLOWED',
      message: expect.stringContaining('permission denied for schema millrace_state'),
    })
  })
})
