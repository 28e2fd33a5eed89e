import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import type { StateStore } from '../../../../src/adapters/state/store.js'
import { type Clock, systemClock } from '../../../../src/base/clock.js'
import { silentLog as log } from '../../../../src/base/log.js'
import { state, step } from '../../../conformance/store.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { type StateProcess, startStateProcess } from '../../../support/state-process.js'

const MIGRATIONS = join(import.meta.dirname, '../../../../src/adapters/state/migrations')

let server: TestPostgres
let url: string
const stores: StateStore[] = []
const processes: StateProcess[] = []

beforeAll(async () => {
  server = await startTestPostgres()
})
beforeEach(async () => {
  url = await server.createDatabase()
})
afterEach(async () => {
  await Promise.all(processes.splice(0).map((child) => child.kill()))
  await Promise.all(stores.splice(0).map((store) => store.close()))
})
afterAll(() => server.stop())

async function open(at = url, clock = systemClock): Promise<StateStore> {
  const store = await openPostgresStore({
    url: at,
    project: 'p',
    environment: 'prod',
    processName: 'a test',
    log,
    clock,
  })
  stores.push(store)
  return store
}

function lockElsewhere(assets: readonly string[]): StateProcess {
  const child = startStateProcess('lock', { url, assets })
  processes.push(child)
  return child
}

async function sql(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Waits a little instead of long. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 10), signal),
}

/** Tries until it succeeds: the server notices a death when it notices it. */
async function eventually<T>(probe: () => Promise<T | false | null>): Promise<T> {
  for (;;) {
    const value = await probe()
    if (value) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const release = (store: StateStore, run: number, asset = 'a.a') =>
  store.prepareRelease(0, (number) => ({
    run,
    at: 1,
    states: [state(asset, { release: number })],
    retire: [],
    deliveries: [],
  }))

describe('processes', () => {
  test('the locks and the run of a killed process are taken over', async () => {
    const store = await open()
    const child = lockElsewhere(['a.a', 'b.b'])
    const { run, ok } = await child.next()
    expect(ok).toBe(true)
    const mine = await store.beginRun({ trigger: 't', at: 1 })
    expect(await store.acquireLocks(mine.run, ['c.c', 'b.b'])).toMatchObject({
      ok: false,
      holders: [{ asset: 'b.b', run, process: `child (pid ${child.child.pid})` }],
    })
    await child.kill()
    await eventually(async () => (await store.acquireLocks(mine.run, ['b.b', 'a.a'])).ok)
    expect((await store.abandonDeadRuns(5)).map((each) => each.run)).toEqual([run])
    expect((await store.locks()).map((each) => [each.asset, each.run])).toEqual([
      ['a.a', mine.run],
      ['b.b', mine.run],
    ])
  })

  test('of processes that start on an empty database each finds it set up, and one gets the lock', async () => {
    const children = [1, 2, 3].map(() => lockElsewhere(['a.a']))
    const answers = await Promise.all(children.map((child) => child.next()))
    expect(answers.filter(({ ok }) => ok === true)).toHaveLength(1)
    expect(answers.filter(({ ok }) => ok === false)).toHaveLength(2)
    expect(answers.map(({ run }) => run).sort()).toEqual([1, 2, 3])
    const applied = (await sql('select name from millrace_state.migrations order by name')) as {
      name: string
    }[]
    expect(applied.map(({ name }) => name)).toEqual(readdirSync(MIGRATIONS).sort())
  })
})

describe('a server that is killed and comes back', () => {
  test('calls wait for it, and a run keeps its locks and its work', async () => {
    const store = await open()
    const { run } = await store.beginRun({ trigger: 't', at: 1 })
    await store.acquireLocks(run, ['a.a'])
    await server.kill()
    const [number] = await Promise.all([
      release(store, run),
      store.recordSteps(run, [step('a.a')]),
      server.start(),
    ])
    await store.commitRelease(number)
    expect((await store.assetStates()).get('a.a')?.release).toBe(number)
    expect(await store.steps('a.a', 9)).toHaveLength(1)
    expect((await store.locks()).map(({ asset }) => asset)).toEqual(['a.a'])
    expect((await (await open()).acquireLocks(99, ['a.a'])).ok).toBe(false)
    await store.finishRun(run, { status: 'done', release: number, at: 2 })
  })

  test('a run that ended while it was away for longer than a statement waits is over when it is back', async () => {
    const store = await open(url, hastyClock)
    const { run } = await store.beginRun({ trigger: 't', at: 1 })
    await store.acquireLocks(run, ['a.a'])
    await server.kill()
    const end = { status: 'failed', release: null, at: 2 } as const
    await expect(store.finishRun(run, end)).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' })
    await server.start()
    await eventually(async () => (await store.run(run))?.run.status === 'failed')
    const { run: next } = await store.beginRun({ trigger: 't', at: 3 })
    expect(await store.acquireLocks(next, ['a.a'])).toEqual({ ok: true })
  })

  test('each run and release is counted once, however often the connection is cut', async () => {
    const store = await open()
    const cut = () =>
      sql(`select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`)
    const runs = new Set<number>()
    const made = new Set<number>()
    for (let round = 0; round < 15; round++) {
      const work = async () => {
        const { run } = await store.beginRun({ trigger: 't', at: 1 })
        runs.add(run)
        made.add(await release(store, run))
      }
      await Promise.all([work(), cut().then(cut)])
    }
    expect(runs.size).toBe(15)
    expect(made.size).toBe(15)
    expect(await sql('select count(*)::int from millrace_state.runs')).toEqual([{ count: 15 }])
    expect(await sql('select count(*)::int from millrace_state.releases')).toEqual([{ count: 15 }])
  })

  test('locks that another took meanwhile stop the release', async () => {
    const [store, other] = [await open(), await open()]
    const { run } = await store.beginRun({ trigger: 't', at: 1 })
    await store.acquireLocks(run, ['a.a', 'b.b'])
    // What the other sees while this one's session is broken.
    const theirs = await other.beginRun({ trigger: 't', at: 1 })
    await sql(`update millrace_state.locks set run = ${theirs.run}, owner = owner + 1 where asset = 'b.b'`)
    await expect(release(store, run)).rejects.toMatchObject({
      code: 'STATE_LOCKS_LOST',
      message: `Run ${run} lost its locks on b.b while the state database was out of reach.`,
    })
    expect(await store.preparedReleases()).toEqual([])
  })
})

describe('errors', () => {
  test('a server that is not there is unreachable at once, and its password stays secret', async () => {
    const target = 'postgres://ana:s3cret@127.0.0.1:1/state'
    const error = await open(target).catch((error: unknown) => error)
    expect(error).toMatchObject({
      code: 'STATE_UNREACHABLE',
      transient: true,
      message: expect.stringMatching(
        /^Cannot reach the state database ana@127\.0\.0\.1\/state: .*ECONNREFUSED/,
      ),
    })
    expect(JSON.stringify(error)).not.toContain('s3cret')
  })

  test('a database that is not there is said to be one', async () => {
    await expect(open(server.url.replace('/postgres?', '/nowhere?'))).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringContaining('database "nowhere" does not exist'),
    })
  })

  test('a state of a newer Millrace is not touched', async () => {
    await (await open()).close()
    await sql(`insert into millrace_state.migrations (name, checksum) values ('0099_future.sql', 'x')`)
    await expect(open()).rejects.toMatchObject({
      code: 'STATE_NEWER',
      message: expect.stringContaining('0099_future.sql'),
    })
  })

  test('a migration that was changed after it was applied is noticed', async () => {
    await (await open()).close()
    await sql(`update millrace_state.migrations set checksum = 'x'`)
    await expect(open()).rejects.toMatchObject({
      code: 'STATE_MIGRATION_CHANGED',
      message: expect.stringContaining('0001_state.sql'),
    })
  })

  test('a row that makes no sense names its table and field', async () => {
    const store = await open()
    const { run } = await store.beginRun({ trigger: 't', at: 1 })
    await store.recordSteps(run, [step('a.a')])
    await sql(`update millrace_state.steps set status = 'baked'`)
    await expect(store.latestSteps()).rejects.toMatchObject({
      code: 'STATE_ROW_INVALID',
      message: expect.stringMatching(/millrace\.steps cannot be understood: status: /),
    })
    await sql('drop table millrace_state.deliveries')
    await expect(store.deliveries()).rejects.toMatchObject({
      code: 'STATE_STATEMENT_FAILED',
      transient: false,
      message: expect.stringContaining('does not exist'),
    })
  })
})

test('a long history does not slow down what every command reads', async () => {
  const store = await open()
  const { run } = await store.beginRun({ trigger: 't', at: 1 })
  const assets = Array.from({ length: 300 }, (_, index) => `s.a${index}`)
  await store.recordSteps(
    run,
    assets.map((asset) => step(asset)),
  )
  await sql(`
    insert into millrace_state.runs
      select 1, n, 'done', 't', to_timestamp(n), to_timestamp(n), null, 1, 'p' from generate_series(10, 100000) n;
    insert into millrace_state.steps
      select 1, 's.a' || n % 300, n, 'released', 'r', to_timestamp(n), n % 7, n % 5, '[]', 1, null, null
      from generate_series(10, 100000) n;
    analyze millrace_state.runs, millrace_state.steps`)
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }
  // By index each takes some 20 ms, by reading the history ten times that; the bound leaves room for a busy machine.
  for (const work of [
    () => store.latestSteps(),
    () => store.usualDurations(),
    () => store.steps('s.a7', 50),
    () => store.runs({ limit: 50 }),
    () => store.abandonDeadRuns(5),
  ]) {
    const times = [await timed(work), await timed(work), await timed(work)]
    expect(Math.min(...times)).toBeLessThan(150)
  }
  expect((await store.latestSteps()).every(({ run }) => run > 99_000)).toBe(true)
})
