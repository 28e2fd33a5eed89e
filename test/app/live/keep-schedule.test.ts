import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keepLiveSchedule, type OtherScheduled } from '../../../src/app/live/keep-schedule.js'
import type { LiveProject } from '../../../src/app/live/live.js'
import { openLiveProject } from '../../../src/app/live/open-live-project.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'
import { brokenRunReason, type TickRecord } from '../../../src/domain/schedule.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'
import { removeProject } from '../../support/remove-project.js'

const EACH_SECOND = "schedule: '* * * * * *'"
const FILES = {
  'millrace.yaml': `name: ticking
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 256MB }
connections:
  drop: { type: files, path: ./incoming }
`,
  'incoming/a.csv': 'id,visits\n1,10\n2,20\n',
  'assets/raw/doors.yaml': `source: { from: drop, path: '*.csv', format: csv }\n${EACH_SECOND}\n`,
  'assets/staging/doors.sql': '/* @asset\ndescription: x\n*/\nselect id, visits from raw.doors\n',
  'assets/marts/by_hand.sql': '/* @asset\nschedule: never\n*/\nselect sum(visits) as n from staging.doors\n',
}

let root: string
let server: TestPostgres
let stateUrl: string
let live: LiveProject

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}
const open = () =>
  openLiveProject({
    folder: root,
    environment: 'prod',
    env: { STATE_URL: stateUrl },
    clock: systemClock,
    log: () => silentLog,
    processName: 'a test',
  })
const latest = (subject: string, limit = 50): Promise<readonly TickRecord[]> =>
  live.use(async ({ services }) => (await services.store()).ticks.latest(subject, limit))
/** Looks until there is what is looked for; a schedule by the second takes a moment of its own. */
async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await systemClock.sleep(50)
  }
}
const runsOf = () => live.use(async ({ services }) => (await services.store()).runs({ limit: 99 }))

beforeAll(async () => {
  server = await startTestPostgres()
})
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'millrace ticking-'))
  stateUrl = await server.createDatabase()
  write(FILES)
  live = await open()
})
afterEach(async () => {
  await live.stop(0)
  removeProject(root)
})
afterAll(() => server.stop())

describe('the schedule of a project that stays open', { timeout: 60_000 }, () => {
  test('takes away from readers what left the project', async () => {
    const stop = new AbortController()
    const keeping = keepLiveSchedule(live, [], stop.signal)
    const released = () => live.use(async ({ services }) => (await services.store()).assetStates())
    await until(async () => (await released()).get('staging.doors')?.relation)
    rmSync(join(root, 'assets/staging/doors.sql'))
    rmSync(join(root, 'assets/marts/by_hand.sql'))
    await until(async () => (await released()).get('staging.doors')?.relation == null)
    expect((await released()).get('raw.doors')?.relation).toBeTruthy()
    stop.abort()
    await keeping
  })

  test('runs what is due with what follows it, and leaves out what is built by hand', async () => {
    const stop = new AbortController()
    const keeping = keepLiveSchedule(live, [], stop.signal)
    const done = await until(async () =>
      (await latest('asset:raw.doors')).find(({ status, run }) => status === 'done' && run !== null),
    )
    const { run, steps } = await live.use(
      async ({ services }) => (await (await services.store()).run(done.run!))!,
    )
    expect(run.trigger).toMatch(/^schedule \d\d:\d\d(:\d\d)?: raw\.doors$/)
    expect(steps.map(({ asset }) => asset).sort()).toEqual(['raw.doors', 'staging.doors'])
    stop.abort()
    await keeping
    const records = await latest('asset:raw.doors')
    expect(new Set(records.map(({ run }) => run)).size).toBe(records.length)
  })

  test('follows an edited header, and goes on with the last good one while an edit is broken', async () => {
    const stop = new AbortController()
    void keepLiveSchedule(live, [], stop.signal)
    await until(async () => (await latest('asset:raw.doors')).length > 0)
    write({ 'assets/marts/by_hand.sql': '/* @asset\nschedule: sometimes\n*/\nselect 1 as n\n' })
    await until(async () => live.broken)
    const before = (await latest('asset:raw.doors', 1))[0]!.at
    await until(async () => (await latest('asset:raw.doors', 1))[0]!.at > before)
    write({ 'assets/marts/by_hand.sql': `/* @asset\n${EACH_SECOND}\n*/\nselect 1 as n\n` })
    await until(async () => (await latest('asset:marts.by_hand')).find(({ status }) => status === 'done'))
    expect(live.broken).toBe(null)
    stop.abort()
  })

  test('tells on the record why a run could not be made', async () => {
    const stop = new AbortController()
    // The file is another one than the project was opened with, before any run has loaded it.
    write({ 'incoming/a.csv': 'id,people\n1,10\n' })
    void keepLiveSchedule(live, [], stop.signal)
    const told = await until(async () =>
      (await latest('asset:raw.doors')).find(({ note, run }) => note !== '' && run === null),
    )
    expect(brokenRunReason(told)).toBe('The project has a mistake.')
    stop.abort()
  })

  test('starts reports by themselves, after the run of the same moment', async () => {
    const stop = new AbortController()
    const seen: { subject: string; at: number; runs: number }[] = []
    const reports: OtherScheduled = {
      scheduled: () => [
        { subject: 'report:each', schedule: { kind: 'cron', pattern: '* * * * * *', catchUp: 'latest' } },
      ],
      start: async (subject, at) => {
        seen.push({ subject, at, runs: (await runsOf()).filter(({ status }) => status === 'done').length })
        return { run: null, note: 'rendered' }
      },
    }
    void keepLiveSchedule(live, [reports], stop.signal)
    await until(async () => seen.length >= 2)
    expect(seen[0]).toMatchObject({ subject: 'report:each', runs: 1 })
    expect((await latest('report:each')).find(({ note }) => note === 'rendered')).toBeDefined()
    stop.abort()
  })

  test('a stop gives back what it cuts off, and the next start makes it', async () => {
    write({
      'assets/staging/doors.sql': `/* @asset
description: takes long
*/
select sum(a.range * b.range) as visits from range(100000) a, range(100000000) b where a.range + b.range > (select max(id) from raw.doors)
`,
    })
    await live.refresh()
    void keepLiveSchedule(live, [], new AbortController().signal)
    const running = await until(async () =>
      (await latest('asset:raw.doors')).find(({ status, run }) => status === 'running' && run !== null),
    )
    await until(async () => live.running(running.run!).some(({ asset }) => asset === 'staging.doors'))
    await live.stop(0)
    write(FILES)
    live = await open()
    expect((await latest('asset:raw.doors'))[0]).toMatchObject({ at: running.at, status: 'due' })
    void keepLiveSchedule(live, [], new AbortController().signal)
    await until(async () =>
      (await latest('asset:raw.doors')).find(({ at, status }) => at === running.at && status === 'done'),
    )
    const [cut] = (await runsOf()).filter(({ run }) => run === running.run)
    expect(cut?.status).toBe('cancelled')
  })
})
