import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunOutcome } from '../../src/app/api/api.js'
import { type CheckReport, checkProject, isBroken } from '../../src/app/check-project.js'
import type { LiveProject, Ticket } from '../../src/app/live/live.js'
import { openLiveProject } from '../../src/app/live/open-live-project.js'
import { queryProject } from '../../src/app/query-project.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { removeProject } from '../support/remove-project.js'

/** Goes on until the file that `vars.gate` names is there, and reads its input before and after. */
const slow = (input: string) => `/* @asset
inputs: [${input}]
schedule: never
columns: { before: { type: BIGINT }, after: { type: BIGINT } }
*/
import { existsSync } from 'node:fs'

async function count(ctx) {
  let rows = 0
  for await (const _ of ctx.input('${input}')) rows++
  return rows
}

export default async function* (ctx) {
  const before = await count(ctx)
  ctx.log.info('waiting')
  while (!existsSync(ctx.vars.gate)) await new Promise((resolve) => setTimeout(resolve, 20))
  yield { before, after: await count(ctx) }
}
`

const files = (gate: string) => ({
  'millrace.yaml': `name: beside
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 256MB }
connections:
  drop: { type: files, path: ./incoming }
  app: { type: postgres, url: "\${STATE_URL}" }
vars: { gate: ${JSON.stringify(gate)} }
`,
  'assets/raw/counts.yaml': `source: { from: drop, path: '*.csv', format: csv }
key: [id]
time: { column: seen }
columns: { id: { type: BIGINT }, seen: { type: TIMESTAMP }, visits: { type: BIGINT } }
`,
  'assets/staging/counts.sql': `/* @asset
materialize: incremental
time: { column: seen, grain: day }
key: [id]
deliver: { to: app, table: insights.counts }
*/
select id, seen, visits from raw.counts where seen >= $start and seen < $end`,
  'assets/marts/daily.sql': `/* @asset
materialize: incremental
time: { column: day, grain: day }
key: [day]
schedule: never
deliver: { to: app, table: insights.daily }
*/
select date_trunc('day', seen) as day, sum(visits) as visits
from staging.counts where seen >= $start and seen < $end group by 1`,
  'assets/marts/slow.ts': slow('staging.counts'),
  'assets/marts/later.sql': `/* @asset
schedule: never
*/
select (select max("after") from marts.slow) as slow, count(*) as now from staging.counts`,
  'assets/marts/other.ts': slow('raw.counts').replaceAll('vars.gate', "vars.gate + '-never'"),
})

let root: string
let server: TestPostgres
let url: string
let live: LiveProject
let batches = 0

function write(texts: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}
const gate = () => join(root, 'gate')
/** Rows of a day of March; more of the same day come on top. */
const arrive = (day: number) =>
  write({
    [`incoming/${++batches}.csv`]: `id,seen,visits\n${batches * 10},2026-03-0${day} 10:00:00,1\n${batches * 10 + 1},2026-03-0${day} 11:00:00,2\n`,
  })
const start = (select: string | null): Ticket =>
  live.enqueue({ select, full: false, start: null, end: null, accept: [], trigger: 'a test' }, [])
const run = (select: string | null): Promise<RunOutcome> => start(select).outcome
const rows = async (sql: string) =>
  (await live.use((session) => queryProject(session, { sql, maxRows: 100 }, new AbortController().signal)))
    .rows
const store = () => live.use(({ services }) => services.store())

/** Resolves once a run's step has read its input and waits for the gate. */
async function waitingAtGate(ticket: Ticket): Promise<number> {
  const stop = new AbortController()
  let number = 0
  for await (const event of ticket.events(stop.signal)) {
    if (event.kind === 'run-started') number = event.run
    if (event.kind === 'step-log' && event.message === 'waiting') return number
  }
  throw new Error('it ended before')
}

beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'millrace beside-'))
  url = await server.createDatabase()
  batches = 0
  write(files(gate()))
  arrive(1)
  live = await openLiveProject({
    folder: root,
    environment: 'prod',
    env: { STATE_URL: url },
    clock: systemClock,
    log: () => silentLog,
    processName: 'a test',
  })
  await run('raw.counts staging.counts')
})
afterEach(async () => {
  await live.stop(0)
  removeProject(root)
})

describe('runs side by side', { timeout: 60_000 }, () => {
  test('a slow run sees one release from its first row to its last, while others release beside it', async () => {
    const going = start('marts.slow')
    await waitingAtGate(going)
    for (const day of [1, 2]) {
      arrive(day)
      const { result } = await run('raw.counts staging.counts')
      expect(result).toMatchObject({ status: 'done', release: day + 1 })
      expect(await rows('select count(*)::int from staging.counts')).toEqual([[(day + 1) * 2]])
    }
    write({ gate: '' })
    expect((await going.outcome).result).toMatchObject({ run: 2, status: 'done', release: 4 })
    expect(await rows('select * from marts.slow')).toEqual([[2, 2]])
    // What was released meanwhile is owed.
    expect((await run('marts.slow')).result.steps).toMatchObject([{ status: 'released' }])
    expect(await rows('select * from marts.slow')).toEqual([[6, 6]])
  })

  test('what was built by range from older rows owes the ranges that changed meanwhile', async () => {
    write({ gate: '' })
    await run('marts.slow marts.daily')
    expect(await rows('select visits::int from marts.daily')).toEqual([[3]])
    rmSync(gate())
    arrive(1)
    await run('raw.counts staging.counts')
    // It owes the first of March already when it begins, and again when more of that day arrives meanwhile.
    const going = start('marts.slow marts.daily')
    await waitingAtGate(going)
    arrive(1)
    arrive(2)
    await run('raw.counts staging.counts')
    write({ gate: '' })
    await going.outcome
    expect(await rows('select visits::int from marts.daily order by day')).toEqual([[6]])
    await run('marts.slow marts.daily')
    expect(await rows('select visits::int from marts.daily order by day')).toEqual([[9], [3]])
  })

  test('what is built for the first time from older rows owes what changed meanwhile', async () => {
    const going = start('marts.slow marts.daily')
    await waitingAtGate(going)
    arrive(1)
    await run('raw.counts staging.counts')
    write({ gate: '' })
    await going.outcome
    await run('marts.slow marts.daily')
    expect(await rows('select visits::int from marts.daily')).toEqual([[6]])
  })

  test('state, warehouse and app know the same releases, in the order of their numbers', async () => {
    const going = start('marts.slow marts.daily')
    await waitingAtGate(going)
    for (const day of [1, 2, 3]) {
      arrive(day)
      await run('raw.counts staging.counts')
    }
    write({ gate: '' })
    await going.outcome
    const releases = [...(await (await store()).releases(99))].reverse()
    expect(releases.map(({ release, run }) => [release, run])).toEqual([
      [1, 1],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 2],
    ])
    const moments = releases.map(({ at }) => at)
    expect(moments).toEqual([...moments].sort((a, b) => a - b))
    const ledger = await live.use(async ({ services }) => (await services.engine()).ledger())
    expect(ledger.map(({ release }) => release)).toEqual([5, 4, 3, 2, 1])
    const app = new pg.Client({ connectionString: url })
    await app.connect()
    const told = await app.query('select target, release from millrace.deliveries order by target')
    await app.end()
    expect(told.rows).toEqual([
      { target: 'insights.counts', release: '4' },
      { target: 'insights.daily', release: '5' },
    ])
  })

  test('a cancelled run leaves the ones beside it and what they release alone', async () => {
    const going = start('marts.slow')
    const slowRun = await waitingAtGate(going)
    arrive(2)
    const beside = start('marts.other')
    const otherRun = await waitingAtGate(beside)
    live.cancel(slowRun, 'ana')
    await expect(going.outcome).rejects.toThrow('Cancelled by ana.')
    expect((await run('raw.counts staging.counts')).result.status).toBe('done')
    expect(live.queue().map(({ run }) => run)).toEqual([otherRun])
    live.cancel(otherRun, 'ana')
    await expect(beside.outcome).rejects.toThrow('Cancelled by ana.')
    expect(await (await store()).locks()).toEqual([])
  })

  test('runs that want the same asset go one after the other and say so', async () => {
    const going = start('marts.slow')
    const number = await waitingAtGate(going)
    const second = start('marts.slow')
    expect(live.queue().map(({ waitsFor }) => waitsFor)).toEqual([
      '',
      `run ${number}, which builds marts.slow`,
    ])
    write({ gate: '' })
    const results = await Promise.all([going.outcome, second.outcome])
    expect(results.map(({ result }) => result.steps[0]!.status)).toEqual(['released', 'unchanged'])
  })

  test('an edited project runs beside the one that was read before, and owes what that releases', async () => {
    write({ gate: '' })
    await run('marts.slow marts.daily')
    rmSync(gate())
    arrive(1)
    await run('raw.counts staging.counts')
    const going = start('marts.slow marts.daily')
    await waitingAtGate(going)
    // The project of the run that goes on knows nothing of it.
    write({
      'assets/marts/copied.sql': `/* @asset
materialize: incremental
time: { column: day, grain: day }
*/
select day, visits from marts.daily where day >= $start and day < $end`,
    })
    await live.refresh()
    await run('marts.copied')
    expect(await rows('select visits::int from marts.copied')).toEqual([[3]])
    write({ gate: '' })
    await going.outcome
    await run('marts.copied')
    expect(await rows('select visits::int from marts.copied')).toEqual([[6]])
  })

  test('a check that goes on while others release judges what was released when it began', async () => {
    const controller = new AbortController()
    const reports: CheckReport[] = []
    const checking = live.use(async (session) => {
      for (let round = 0; round < 5; round++)
        reports.push(
          await checkProject(session, { select: null, delivered: true, repair: false }, controller.signal),
        )
      return reports
    })
    for (const day of [2, 3, 4]) {
      arrive(day)
      await run('raw.counts staging.counts')
    }
    const differences = (await checking).flatMap(({ delivered }) => delivered.filter(isBroken))
    expect(differences).toEqual([])
  })
})
