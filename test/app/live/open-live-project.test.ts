import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunRequestBody } from '../../../src/app/api/api.js'
import type { LiveEvent } from '../../../src/app/api/shapes.js'
import type { LiveProject } from '../../../src/app/live/live.js'
import { openLiveProject } from '../../../src/app/live/open-live-project.js'
import { queryProject } from '../../../src/app/query-project.js'
import { readRunLog } from '../../../src/app/run-log/read.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'
import { apiProjectFiles } from '../../conformance/api/project.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'
import { removeProject } from '../../support/remove-project.js'

let root: string
let server: TestPostgres
let live: LiveProject

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'millrace live-'))
  server = await startTestPostgres()
  write(apiProjectFiles)
  live = await openLiveProject({
    folder: root,
    environment: 'prod',
    env: { STATE_URL: await server.createDatabase() },
    clock: systemClock,
    log: () => silentLog,
    processName: 'a test',
  })
})
afterEach(async () => {
  await live.stop(0)
  await server.stop()
  removeProject(root)
})

const request = (select: string | null = null): RunRequestBody => ({
  select,
  full: false,
  start: null,
  end: null,
  accept: [],
  trigger: 'a test',
})

/** The next event that fits. */
async function event(after: string | null, fits: (event: LiveEvent) => boolean): Promise<LiveEvent> {
  const stop = new AbortController()
  try {
    for await (const happened of live.events(after, stop.signal)) if (fits(happened)) return happened
    throw new Error('the events ended')
  } finally {
    stop.abort()
  }
}

const sums = async (): Promise<unknown> =>
  live.use(async (session) => {
    const sql = 'select visits from marts.visits'
    return (await queryProject(session, { sql, maxRows: 9 }, new AbortController().signal)).rows
  })

const edited = (factor: number) => ({
  'assets/marts/visits.sql': apiProjectFiles['assets/marts/visits.sql']!.replace(
    'sum(visits)::bigint',
    `sum(visits * ${factor})::bigint`,
  ),
})

describe('a project that stays open', { timeout: 60_000 }, () => {
  test('runs what it is asked, tells its events, and keeps the log of each run', async () => {
    const ticket = live.enqueue(request(), [])
    const kinds = new Set<string>()
    for await (const happened of ticket.events(new AbortController().signal)) kinds.add(happened.kind)
    const { result, sources } = await ticket.outcome
    expect([result.status, sources]).toEqual(['done', ['raw.doors']])
    expect([...kinds]).toEqual(
      expect.arrayContaining(['run-started', 'step-finished', 'released', 'run-finished']),
    )
    const log = await readRunLog(join(root, '.millrace'), {
      run: result.run,
      asset: null,
      after: 0,
      limit: 999,
    })
    expect(log.at(-1)?.message).toBe(`run ${result.run} is done`)
    expect(
      log.find(({ asset, message }) => asset === 'marts.doubled' && message === 'doubling'),
    ).toBeDefined()
    expect([live.queue(), live.running(result.run)]).toEqual([[], []])
  })

  test('an edit is taken up while it runs on; a broken one leaves the last good project, and says why', async () => {
    await live.enqueue(request(), []).outcome
    expect(await sums()).toEqual([[16]])

    const good = event(null, ({ kind }) => kind === 'project')
    write(edited(2))
    expect(await good).toMatchObject({ kind: 'project', state: 'good' })
    await live.enqueue(request(), []).outcome
    expect(await sums()).toEqual([[32]])

    const bad = event(null, ({ kind }) => kind === 'project')
    write({ 'assets/marts/visits.sql': 'select visits from raw.dors' })
    expect(await bad).toMatchObject({
      kind: 'project',
      state: 'broken',
      diagnostics: expect.arrayContaining([
        expect.objectContaining({ code: 'REFERENCE_UNKNOWN', file: 'assets/marts/visits.sql' }),
      ]),
    })
    expect(live.broken?.code).toBe('PROJECT_INVALID')
    await live.enqueue(request(), []).outcome
    expect(await sums()).toEqual([[32]])

    const mended = event(null, ({ kind }) => kind === 'project')
    write(edited(3))
    expect(await mended).toMatchObject({ state: 'good' })
    expect(live.broken).toBeNull()
    await live.enqueue(request(), []).outcome
    expect(await sums()).toEqual([[48]])
  })

  test('so does a statement that cannot be bound, and settings that cannot be opened', async () => {
    await live.enqueue(request(), []).outcome
    const broken = async (files: Readonly<Record<string, string>>) => {
      const told = event(null, ({ kind }) => kind === 'project')
      write(files)
      expect(await told).toMatchObject({ state: 'broken' })
      expect((await live.enqueue(request(), []).outcome).result.status).toBe('done')
      return live.broken?.code
    }
    const settings = apiProjectFiles['millrace.yaml']!
    expect(
      await broken({ 'assets/marts/visits.sql': 'select sum(vists)::bigint as visits from staging.doors' }),
    ).toBe('PROJECT_INVALID')
    write({ 'assets/marts/visits.sql': apiProjectFiles['assets/marts/visits.sql']! })
    await live.refresh()
    expect(live.broken).toBeNull()
    expect(
      await broken({
        'millrace.yaml': settings.replace(/^state: .*$/m, 'state: postgres://127.0.0.1:1/gone'),
      }),
    ).toBe('STATE_UNREACHABLE')
    write({ 'millrace.yaml': settings })
    await live.refresh()
    expect(live.broken).toBeNull()
    expect(await sums()).toEqual([[16]])
  })

  test('what could not be opened is opened once it can be, without another edit', async () => {
    const folder = join(root, 'elsewhere')
    writeFileSync(folder, 'a file, where a folder is wanted')
    write({
      'millrace.yaml': apiProjectFiles['millrace.yaml']!.replace(
        /path: [^,}]+warehouse.duckdb/,
        'path: elsewhere/warehouse.duckdb',
      ),
    })
    await live.refresh()
    expect(live.broken).not.toBeNull()
    rmSync(folder)
    await live.refresh()
    expect(live.broken).toBeNull()
    expect((await live.enqueue(request(), []).outcome).result.status).toBe('done')
  })

  test('a run that began keeps the project it began with, and other settings get a state of their own', async () => {
    const stop = new AbortController()
    let release = () => {}
    const held = live.use(
      (session) =>
        new Promise<string>((resolve) => {
          release = () => resolve(session.loaded.project.timezone)
        }),
    )
    const good = event(null, ({ kind }) => kind === 'project')
    write({
      'millrace.yaml': apiProjectFiles['millrace.yaml']!.replace('timezone: UTC', 'timezone: Asia/Tokyo'),
    })
    await good
    expect(live.session.loaded.project.timezone).toBe('Asia/Tokyo')
    expect((await live.enqueue(request(), []).outcome).result.status).toBe('done')
    release()
    expect(await held).toBe('UTC')
    expect(await sums()).toEqual([[16]])
    stop.abort()
  })

  test('a cancelled run releases nothing, and the next one works', async () => {
    write({
      'assets/marts/doubled.ts': apiProjectFiles['assets/marts/doubled.ts']!.replace(
        "ctx.log.info('doubling')",
        'await new Promise(() => setInterval(() => {}, 1000))',
      ),
    })
    await event(null, ({ kind }) => kind === 'project')
    const ticket = live.enqueue(request(), [])
    for await (const happened of ticket.events(new AbortController().signal))
      if (happened.kind === 'step-started' && happened.asset === 'marts.doubled') break
    live.cancel(live.queue()[0]!.run!, 'ana')
    await expect(ticket.outcome).rejects.toThrow('Cancelled by ana.')
    await expect(sums()).rejects.toThrow()
    const next = await live.enqueue(request('raw.doors staging.doors marts.visits'), []).outcome
    expect(next.result.status).toBe('done')
  })
})
