import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../../../src/adapters/engines/duckdb/open-duckdb.js'
import type { Engine, RowChange } from '../../../../src/adapters/engines/engine.js'
import { compiledPath } from '../../../../src/base/compiled.js'
import type { MillraceError } from '../../../../src/base/errors.js'
import { silentLog } from '../../../../src/base/log.js'

const signal = new AbortController().signal
const MODULE = compiledPath(import.meta.url.replace('/test/', '/src/'), './open-duckdb.js')
const OWNER = fileURLToPath(new URL('./fixtures/owner.mjs', import.meta.url))

let folder: string
let engines: Engine[]
let owners: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'))
  engines = []
  owners = []
})

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL')
  for (const engine of engines) await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function open(
  options: { path?: string; memoryLimit?: string; timezone?: string } = {},
): Promise<Engine> {
  const engine = await openDuckDb({
    path: join(folder, 'warehouse.duckdb'),
    memoryLimit: '500MB',
    tempFolder: join(folder, 'tmp'),
    timezone: 'UTC',
    log: silentLog,
    ...options,
  })
  engines.push(engine)
  return engine
}

async function reopen(engine: Engine): Promise<Engine> {
  await engine.close()
  engines = engines.filter((other) => other !== engine)
  return open()
}

async function publish(engine: Engine, run: number, sql: string, change?: (candidate: string) => RowChange) {
  const workspace = await engine.openWorkspace(run)
  const candidate = await workspace.build(
    { asset: 'staging.a', relation: `staging__a__${run}`, sql, parameters: {} },
    {},
    signal,
  )
  const outcome = await engine.release(
    {
      release: run,
      run,
      environment: 'prod',
      at: run,
      retire: [],
      changes: [
        {
          asset: 'staging.a',
          columns: candidate.columns,
          change: change?.(candidate.relation) ?? {
            kind: 'replace',
            candidate: candidate.relation,
            live: null,
          },
          deliveries: [],
          quarantined: false,
        },
      ],
    },
    signal,
  )
  await workspace.close()
  return outcome.relations[0]?.relation ?? ''
}

const rows = async (engine: Engine, sql: string) =>
  (await engine.query({ sql, parameters: {}, maxRows: 100 }, signal)).rows

/** Starts another process on the same warehouse and waits until it says `ready` `times` times. */
async function startOwner(what: string, times = 1): Promise<ChildProcess> {
  const owner = spawn(process.execPath, [OWNER, MODULE, folder, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  owners.push(owner)
  let seen = 0
  for await (const _ of createInterface({ input: owner.stdout! })) if (++seen >= times) break
  return owner
}

async function kill(owner: ChildProcess): Promise<void> {
  const exit = once(owner, 'exit')
  owner.kill('SIGKILL')
  await exit
}

describe('opening a warehouse', () => {
  it('makes the folders it needs', async () => {
    const engine = await open({ path: join(folder, 'deep', 'er', 'my file.duckdb') })
    expect((await engine.statistics()).bytes).toBeGreaterThan(0)
  })

  it('twice in one process shares the file, whatever link leads to it', async () => {
    const first = await open()
    await mkdir(join(folder, 'links'))
    await symlink(join(folder, 'warehouse.duckdb'), join(folder, 'links', 'other.duckdb'))
    const second = await open({ path: join(folder, 'links', 'other.duckdb') })
    await publish(first, 1, 'select 1 as id')
    expect(await rows(second, 'select id from staging.a')).toEqual([[1]])
    await first.close()
    await publish(second, 2, 'select 2 as id')
    expect(await rows(second, 'select id from staging.a')).toEqual([[2]])
    await second.close()
    engines = []
    expect(await rows(await open(), 'select id from staging.a')).toEqual([[2]])
  })

  it('names the process that owns it', async () => {
    const owner = await startOwner('hold')
    const error = (await open().catch((reason: unknown) => reason)) as MillraceError
    expect(error.code).toBe('ENGINE_BUSY')
    expect(error.message).toContain(`process ${owner.pid}`)
    await kill(owner)
    expect(await rows(await open(), 'select 1 as x')).toEqual([[1]])
  })

  it('says when the file is no warehouse, and leaves it alone', async () => {
    const path = join(folder, 'warehouse.duckdb')
    await writeFile(path, 'not a database'.repeat(1000))
    const error = (await open().catch((reason: unknown) => reason)) as MillraceError
    expect(error.code).toBe('ENGINE_CORRUPT')
    expect((await stat(path)).size).toBe(14_000)
  })

  it('gives half of the memory unless told otherwise, and removes what a killed process spilled', async () => {
    await mkdir(join(folder, 'tmp'))
    await writeFile(join(folder, 'tmp', 'duckdb_temp_storage_DEFAULT-0.tmp'), 'x')
    await writeFile(join(folder, 'tmp', 'mine.txt'), 'x')
    const engine = await openDuckDb({
      path: join(folder, 'warehouse.duckdb'),
      tempFolder: join(folder, 'tmp'),
      timezone: 'UTC',
      log: silentLog,
    })
    engines.push(engine)
    expect(await readdir(join(folder, 'tmp'))).toEqual(['mine.txt'])
    expect((await engine.statistics()).memoryLimitBytes).toBeGreaterThan(50_000_000)
  })
})

describe('memory', () => {
  it('spills what does not fit and finishes', async () => {
    const engine = await open({ memoryLimit: '100MB' })
    const workspace = await engine.openWorkspace(1)
    const sorted = await workspace.build(
      {
        asset: 'staging.big',
        relation: 'big',
        sql: 'select i, md5(i::varchar) as h from range(2100000) t(i) order by h',
        parameters: {},
      },
      {},
      signal,
    )
    expect(sorted.rows).toBe(2_100_000)
    expect(sorted.bytes).toBeGreaterThan(60_000_000)
    await workspace.define('staging.big', { kind: 'relation', relation: 'big', columns: sorted.columns })
    const grouped = await workspace.build(
      {
        asset: 'staging.groups',
        relation: 'groups',
        sql: 'select h, count(*) as n, max(i) as i from staging.big group by h',
        parameters: {},
      },
      {},
      signal,
    )
    expect(grouped.rows).toBe(2_100_000)
    const paths = await workspace.writeInput(
      { asset: 'staging.big', columns: ['h'], orderBy: ['h'], folder: join(folder, 'input') },
      signal,
    )
    expect(paths).toHaveLength(3)
    const loaded = await workspace.ingest(
      {
        asset: 'staging.back',
        relation: 'back',
        payload: { kind: 'files', format: 'parquet', paths, options: {}, sent: () => 2_100_000 },
      },
      {},
      signal,
    )
    await workspace.define('staging.back', { kind: 'relation', relation: 'back', columns: loaded.columns })
    const unsorted = await workspace.scan(
      {
        names: {},
        sql: 'select count(*) from (select h < lag(h) over () as falls from staging.back) where falls',
        parameters: {},
      },
      signal,
    )
    expect(unsorted.rows).toEqual([[0]])
    await workspace.close()
  })

  it('that runs out has a code of its own', async () => {
    const engine = await open({ memoryLimit: '60MB' })
    const workspace = await engine.openWorkspace(1)
    const error = (await workspace
      .build(
        {
          asset: 'staging.big',
          relation: 'big',
          sql: 'select list(md5(i::varchar)) as all_of_them from range(5000000) t(i)',
          parameters: {},
        },
        {},
        signal,
      )
      .catch((reason: unknown) => reason)) as MillraceError
    expect(error.code).toBe('ENGINE_OUT_OF_MEMORY')
    await workspace.close()
  })
})

describe('kill -9', () => {
  it('in a build leaves what was released, and a candidate that is swept', async () => {
    const engine = await open()
    const kept = await publish(engine, 1, 'select 1 as id')
    await engine.close()
    engines = []
    await kill(await startOwner('build'))
    const again = await open()
    expect(await rows(again, 'select id from staging.a')).toEqual([[1]])
    await again.sweep(new Set([kept]))
    expect(await rows(again, 'select id from staging.a')).toEqual([[1]])
    expect(await again.ledger()).toHaveLength(1)
  })

  for (const [when, what, count] of [
    ['between releases', 'release', 5000],
    ['while the file is compacted', 'compact', 150_000],
  ] as const)
    it(`${when} leaves one release whole, as the ledger says`, async () => {
      for (let round = 1; round <= 3; round++) {
        await kill(await startOwner(what, round * 2))
        const engine = await open()
        const [last] = await engine.ledger()
        expect(
          await rows(engine, 'select a.run, count(*), max(v.run) from staging.a, staging.v group by 1'),
        ).toEqual([[last?.run, count, last?.run]])
        await engine.close()
        engines = []
        for (const file of ['warehouse.duckdb', 'warehouse.duckdb.wal'])
          await rm(join(folder, file), { force: true })
      }
    })
})

describe('the file', () => {
  const sizeOf = async () => {
    const size = (file: string) =>
      stat(join(folder, file)).then(
        ({ size: bytes }) => bytes,
        () => 0,
      )
    return (await size('warehouse.duckdb')) + (await size('warehouse.duckdb.wal'))
  }
  const day = Date.UTC(2024, 0, 1)
  const sql = (run: number, where = '') =>
    `select i as id, timestamptz '2024-01-01 00:00:00+00' + interval (i) second as seen, md5((i * ${run})::varchar) as h
     from range(60000) t(i) ${where}`
  const RERUNS = 10
  const part = (run: number) => (run % 6) * 10_000

  const changes: Readonly<
    Record<
      string,
      {
        sql: (run: number) => string
        change: (candidate: string, live: string, run: number) => RowChange
      }
    >
  > = {
    replaced: {
      sql: (run) => sql(run),
      change: (candidate, live) => ({ kind: 'replace', candidate, live }),
    },
    incremental: {
      sql: (run) => sql(run, `where i >= ${part(run)} and i < ${part(run) + 10_000}`),
      change: (candidate, live, run) => ({
        kind: 'ranges',
        candidate,
        live,
        column: 'seen',
        ranges: [{ start: day + part(run) * 1000, end: day + (part(run) + 10_000) * 1000 }],
      }),
    },
    keyed: {
      sql: (run) => sql(run, `where i % 20 = ${run % 20}`),
      change: (candidate, live) => ({ kind: 'merge', candidate, live, key: ['id'], deletes: 'none' }),
    },
    'keyed, all rows changed': {
      sql: (run) => sql(run),
      change: (candidate, live) => ({ kind: 'merge', candidate, live, key: ['id'], deletes: 'none' }),
    },
  }

  for (const [kind, { sql: statement, change }] of Object.entries(changes))
    it(`stays within twice its first size when ${kind} rows are released again and again`, async () => {
      let engine = await open()
      let live = await publish(engine, 1, sql(1))
      engine = await reopen(engine)
      const first = await sizeOf()
      let largest = 0
      for (let run = 2; run <= RERUNS; run++) {
        live = await publish(engine, run, statement(run), (candidate) => change(candidate, live, run))
        await engine.compact(signal)
        largest = Math.max(largest, await sizeOf())
      }
      expect(await rows(engine, 'select count(*) from staging.a')).toEqual([[60_000]])
      await reopen(engine)
      expect(largest / first).toBeLessThanOrEqual(2)
      expect((await sizeOf()) / first).toBeLessThanOrEqual(2)
    })

  it('gives space back once a reader that held a snapshot is gone', async () => {
    let engine = await open()
    let live = await publish(engine, 1, sql(1))
    engine = await reopen(engine)
    const first = await sizeOf()
    const columns = [{ name: 'id', type: 'BIGINT' }]
    const reader = engine.readColumns({ asset: 'staging.a', columns }, signal)[Symbol.asyncIterator]()
    let read = (await reader.next()).value?.rows ?? 0
    const again = async (from: number, to: number) => {
      for (let run = from; run <= to; run++)
        live = await publish(engine, run, sql(run), (candidate) => ({ kind: 'replace', candidate, live }))
    }
    await again(2, 4)
    for (let next = await reader.next(); !next.done; next = await reader.next()) read += next.value.rows
    expect(read).toBe(60_000)
    await again(5, 8)
    await reopen(engine)
    expect((await sizeOf()) / first).toBeLessThan(4)
  })

  it('reads the same when another tool attaches it under another name', async () => {
    const engine = await open()
    await publish(engine, 1, 'select 1 as id')
    await engine.close()
    engines = []
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'))
    const connection = await instance.connect()
    const reader = await connection.runAndReadAll('select id from staging.a')
    expect(reader.getRows()).toEqual([[1]])
    connection.closeSync()
    instance.closeSync()
  })
})

describe('the time zone', () => {
  it('is the session’s: days are local, what is stored is UTC', async () => {
    const engine = await open({ timezone: 'Europe/Dublin' })
    await publish(
      engine,
      1,
      "select date_trunc('day', timestamptz '2024-06-01 23:30:00+00') as day, date '2024-06-02' as d, timestamp '2024-06-02 00:30:00' as t",
    )
    expect(await rows(engine, 'select * from staging.a')).toEqual([
      ['2024-06-01T23:00:00Z', '2024-06-02', '2024-06-02T00:30:00'],
    ])
  })

  it('decides where dates and local times lie in a range', async () => {
    const engine = await open({ timezone: 'Europe/Dublin' })
    const days =
      "select d::DATE as d, v from (values ('2024-06-01', 1), ('2024-06-02', 1), ('2024-06-03', 1)) t(d, v)"
    const live = await publish(engine, 1, days)
    await publish(engine, 2, "select date '2024-06-02' as d, 2 as v", (candidate) => ({
      kind: 'ranges',
      candidate,
      live,
      column: 'd',
      ranges: [{ start: Date.parse('2024-06-01T23:00:00Z'), end: Date.parse('2024-06-02T23:00:00Z') }],
    }))
    expect(await rows(engine, 'select v from staging.a order by d')).toEqual([[1], [2], [1]])
  })
})
