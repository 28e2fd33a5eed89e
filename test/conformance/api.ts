import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api, RunRequestBody } from '../../src/app/api/api.js'
import type { RunEvent } from '../../src/executor/events.js'
import { apiProjectFiles, doors } from './api/project.js'

/** An API on a project of its own. */
export type ApiFixture = Readonly<{
  api: Api
  /** Writes files of the project; the API works with them from the next call on, its assets excepted. */
  write(files: Readonly<Record<string, string>>): void
  close(): Promise<void>
}>

const never = () => new AbortController().signal
const everything = { select: null, full: false, start: null, end: null }
const runRequest: RunRequestBody = { ...everything, trigger: 'millrace run', accept: [] }

/** What every implementation of the API does. The tests build on each other, as a user's day does. */
export function apiConformance(
  name: string,
  open: (files: Readonly<Record<string, string>>) => Promise<ApiFixture>,
): void {
  describe(`api: ${name}`, () => {
    let fixture: ApiFixture
    let api: Api
    beforeAll(async () => {
      fixture = await open(apiProjectFiles)
      api = fixture.api
    })
    afterAll(() => fixture?.close())

    const run = (change: Partial<RunRequestBody> = {}, emit: (event: RunEvent) => void = () => {}) =>
      api.run({ ...runRequest, ...change }, emit, never())

    describe('before anything ran', () => {
      test('the overview says that nothing was released, and that nothing is wrong', async () => {
        const overview = await api.overview()
        expect(overview).toMatchObject({
          project: 'api',
          environment: 'prod',
          timezone: 'UTC',
          projectState: { state: 'good', diagnostics: [] },
          assets: { total: 4, fresh: 0, late: 0, held: 0, failed: 0, never: 4 },
          troubles: [],
          lastRelease: null,
          releases: [],
          running: [],
          queue: [],
          deliveries: { total: 1, delivered: 0, waiting: 0, refused: 0, held: 0 },
        })
        expect(overview.strip.rows.map(({ asset }) => asset)).toEqual([
          'marts.doubled',
          'marts.visits',
          'raw.doors',
          'staging.doors',
        ])
        expect(overview.strip.rows[0]?.cells).toHaveLength(overview.strip.slots)
        expect(overview.strip.rows.flatMap(({ cells }) => cells.filter(Boolean))).toEqual([])
      })

      test('an asset shows what is declared', async () => {
        const asset = await api.asset('marts.visits')
        expect(asset).toMatchObject({
          asset: 'marts.visits',
          kind: 'sql',
          language: 'sql',
          health: 'never',
          release: null,
          latest: null,
          inputs: ['staging.doors'],
          readers: ['marts.doubled'],
          deliveries: ['marts.visits>shelf:visits.parquet'],
          key: ['customer_id'],
          columns: [{ name: 'visits', type: null, description: 'all people who came in', key: false }],
          releases: [],
          steps: [],
          metrics: [],
        })
        expect(asset.code).toBe(apiProjectFiles['assets/marts/visits.sql'])
        expect(asset.nextTick).toBeGreaterThan(0)
      })

      test('a preview of rows that were never released is refused with the command that makes them', async () => {
        await expect(api.preview('marts.visits', 10, never())).rejects.toMatchObject({
          code: 'ASSET_NOT_RELEASED',
          hint: expect.stringContaining('millrace run --select +marts.visits'),
        })
      })

      test('a plan says what will be built', async () => {
        const plan = await api.plan(everything)
        expect(plan.steps.map(({ asset }) => asset)).toEqual([
          'raw.doors',
          'staging.doors',
          'marts.visits',
          'marts.doubled',
        ])
      })

      test('a plan of assets that are not there is refused with the nearest name', async () => {
        await expect(api.plan({ ...everything, select: 'marts.visit' })).rejects.toMatchObject({
          code: 'SELECTION_UNKNOWN',
          hint: expect.stringContaining('marts.visits'),
        })
        await expect(api.plan({ ...everything, select: ' ' })).rejects.toMatchObject({
          code: 'SELECTION_UNKNOWN',
          message: '--select names no asset: it is empty.',
        })
      })
    })

    describe('after a run', () => {
      let events: readonly RunEvent[]
      beforeAll(async () => {
        const heard: RunEvent[] = []
        const { result, sources } = await run({}, (event) => heard.push(event))
        expect(result).toMatchObject({ run: 1, status: 'done', release: 1 })
        expect(sources).toEqual(['raw.doors'])
        events = heard
      })

      test('its events came in order, from its start to its end', () => {
        expect(events.at(0)).toMatchObject({ kind: 'run-started', run: 1 })
        expect(events.at(-1)).toMatchObject({ kind: 'run-finished', run: 1, status: 'done' })
        const kinds = events.map(({ kind }) => kind)
        expect(kinds.filter((kind) => kind === 'step-finished')).toHaveLength(4)
        expect(kinds.indexOf('released')).toBeGreaterThan(kinds.lastIndexOf('step-finished'))
        expect(kinds.indexOf('delivered')).toBeGreaterThan(kinds.indexOf('released'))
      })

      test('everything is fresh and nothing needs anybody', async () => {
        const overview = await api.overview()
        expect(overview).toMatchObject({
          assets: { total: 4, fresh: 4, never: 0 },
          troubles: [],
          lastRelease: { release: 1, run: 1 },
          deliveries: { total: 1, delivered: 1 },
          running: [],
        })
        const cells = overview.strip.rows.map(({ cells }) => cells.filter((cell) => cell !== null))
        expect(cells).toEqual(Array(4).fill([{ status: 'released', run: 1, steps: 1 }]))
      })

      test('the list of assets has each with release, rows and latest step', async () => {
        const assets = await api.assets()
        expect(assets.map(({ asset, health, release, rows }) => [asset, health, release, rows])).toEqual([
          ['raw.doors', 'fresh', 1, 3],
          ['staging.doors', 'fresh', 1, 3],
          ['marts.visits', 'fresh', 1, 1],
          ['marts.doubled', 'fresh', 1, 1],
        ])
        expect(assets[2]?.latest).toMatchObject({ run: 1, status: 'released' })
        expect(assets[2]?.durations).toHaveLength(1)
      })

      test('an asset has columns with types, judged checks, its release and what was delivered', async () => {
        const asset = await api.asset('marts.visits')
        expect(asset.columns).toEqual([
          { name: 'customer_id', type: 'VARCHAR', description: '', key: true },
          { name: 'visits', type: 'BIGINT', description: 'all people who came in', key: false },
        ])
        expect(asset.checkHistory).toMatchObject([
          { check: 'row_count', results: [{ run: 1, status: 'passed', value: 1 }] },
          { check: 'key', results: [{ run: 1, status: 'passed' }] },
          { check: 'key_not_null:customer_id', results: [{ run: 1, status: 'passed' }] },
        ])
        expect(asset.releases).toMatchObject([{ release: 1, run: 1, rows: 1 }])
        expect(asset.deliveryRecords).toMatchObject([{ status: 'delivered', delivered: 1 }])
        expect(asset.steps).toMatchObject([{ run: 1, status: 'released' }])
        expect(asset.metrics).toEqual(expect.arrayContaining(['build_ms', 'duration_ms', 'rows_out']))
      })

      test('a preview is the released rows, cut where it is told', async () => {
        const whole = await api.preview('raw.doors', 10, never())
        expect(whole.rows.length).toBe(3)
        expect(whole.truncated).toBe(false)
        const cut = await api.preview('raw.doors', 2, never())
        expect([cut.rows.length, cut.truncated]).toEqual([2, true])
      })

      test('a run has its steps, what it released and delivered, and who read whom', async () => {
        const detail = await api.runDetail(1)
        expect(detail.run).toMatchObject({ run: 1, status: 'done', release: 1, trigger: 'millrace run' })
        expect(detail.steps.map(({ asset, status }) => [asset, status])).toEqual([
          ['raw.doors', 'released'],
          ['staging.doors', 'released'],
          ['marts.visits', 'released'],
          ['marts.doubled', 'released'],
        ])
        expect(detail).toMatchObject({ running: [], waiting: [], release: { release: 1 } })
        expect(detail.deliveries).toMatchObject([{ target: 'visits.parquet' }])
        expect(detail.inputs['marts.doubled']).toEqual(['marts.visits'])
      })

      test('its log tells what happened, of all assets or of one, from any line on', async () => {
        const all = await api.log({ run: 1, asset: null, after: 0, limit: 1_000 })
        expect(all.map(({ line }) => line)).toEqual(all.map((_, at) => at + 1))
        const own = await api.log({ run: 1, asset: 'marts.doubled', after: 0, limit: 1_000 })
        expect(own.map(({ message }) => message)).toContain('doubling')
        expect(new Set(own.map(({ asset }) => asset))).toEqual(new Set(['marts.doubled']))
        expect(await api.log({ run: 1, asset: null, after: 2, limit: 1 })).toEqual(all.slice(2, 3))
        expect(await api.log({ run: 1, asset: null, after: all.length, limit: 9 })).toEqual([])
      })

      test('metrics are a series, oldest first', async () => {
        fixture.write({ 'incoming/doors-1.csv': doors([3, 5, 9]) })
        await run({ full: true })
        const points = await api.metrics({
          asset: 'marts.visits',
          metric: 'rows_out',
          since: null,
          limit: 10,
        })
        expect(points.map(({ run, value }) => [run, value])).toEqual([
          [1, 1],
          [2, 1],
        ])
        const durations = await api.metrics({
          asset: 'marts.visits',
          metric: 'duration_ms',
          since: null,
          limit: 1,
        })
        expect(durations.every(({ value }) => value > 0)).toBe(true)
        expect(durations.length).toBe(1)
      })

      test('runs are listed newest first, by asset, by status, and page by page', async () => {
        await run({ select: 'raw.doors' })
        const all = { limit: 10, before: null, status: null, asset: null }
        const numbers = async (change: object) =>
          (await api.runs({ ...all, ...change })).map(({ run }) => run)
        expect(await numbers({})).toEqual([3, 2, 1])
        expect(await numbers({ before: 3, limit: 1 })).toEqual([2])
        expect(await numbers({ asset: 'marts.visits' })).toEqual([2, 1])
        expect(await numbers({ asset: 'raw.doors', status: 'done', before: 2 })).toEqual([1])
        expect(await numbers({ status: 'held' })).toEqual([])
        const [latest] = await api.runs({ ...all, limit: 1 })
        expect(latest?.total).toBe(1)
        const [first] = await api.runs({ ...all, before: 2 })
        expect(first?.steps).toEqual({ released: 4, unchanged: 0, held: 0, failed: 0, skipped: 0 })
      })
    })

    describe('when a check holds rows', () => {
      beforeAll(async () => {
        fixture.write({ 'incoming/doors-2.csv': doors([7, -4], 4) })
        const { result } = await run()
        expect(result.status).toBe('held')
      })

      test('the overview says what is held, and what customers still see', async () => {
        const { assets, troubles, strip, deliveries } = await api.overview()
        expect(assets).toMatchObject({ held: 1 })
        expect(troubles).toMatchObject([
          {
            kind: 'held',
            asset: 'staging.doors',
            run: 4,
            next: 'millrace check staging.doors --rows',
          },
        ])
        expect(troubles[0]?.text).toMatch(/^1 of 5 rows has visits .*; 2 assets wait for it$/)
        expect(troubles[0]?.readers).toMatch(/^Customers still see release 2 \(\d\d:\d\d\)\.$/)
        expect(strip.rows[0]?.asset).toBe('staging.doors')
        expect(strip.rows[0]?.cells).toEqual(
          expect.arrayContaining([{ status: 'held', run: 4, steps: expect.any(Number) }]),
        )
        expect(deliveries).toMatchObject({ delivered: 1 })
      })

      test('what waits behind it is late, and no trouble of its own', async () => {
        const assets = new Map((await api.assets()).map((asset) => [asset.asset, asset]))
        expect(assets.get('raw.doors')?.health).toBe('fresh')
        expect(assets.get('staging.doors')).toMatchObject({ health: 'held', release: 2 })
        expect(assets.get('marts.visits')).toMatchObject({ health: 'late', release: 2 })
      })

      test('its sample rows can be looked at', async () => {
        const results = await api.latestChecks('staging.doors')
        const failed = results.find(({ status }) => status === 'failed')
        expect(failed?.samples[0]).toMatchObject({ visits: -4 })
      })

      test('runs that were held are found', async () => {
        const held = await api.runs({ limit: 10, before: null, status: 'held', asset: null })
        expect(held.map(({ run, steps }) => [run, steps.held])).toEqual([[4, 1]])
      })

      test('letting the check pass releases the rows, and the trouble is gone', async () => {
        const { result } = await run({ accept: ['accepted_range:visits'] })
        expect(result.status).toBe('done')
        expect((await api.overview()).troubles).toEqual([])
      })
    })

    describe('reading', () => {
      test('unknown names and numbers are refused with the nearest that is there', async () => {
        const nearest = { code: 'ASSET_UNKNOWN', hint: expect.stringContaining('marts.visits') }
        await expect(api.asset('marts.visit')).rejects.toMatchObject(nearest)
        await expect(api.preview('marts.visit', 1, never())).rejects.toMatchObject(nearest)
        const request = { asset: 'marts.visit', metric: 'rows_out', since: null, limit: 1 }
        await expect(api.metrics(request)).rejects.toMatchObject(nearest)
        await expect(api.lineage({ focus: 'marts.visit', depth: null })).rejects.toMatchObject(nearest)
        await expect(
          api.runs({ limit: 1, before: null, status: null, asset: 'marts.visit' }),
        ).rejects.toMatchObject(nearest)
        await expect(api.runDetail(4711)).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
        await expect(api.log({ run: 4711, asset: null, after: 0, limit: 1 })).rejects.toMatchObject({
          code: 'RUN_UNKNOWN',
        })
        await expect(api.cancel(4711, 'ana')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
      })

      test('a run that has ended cannot be cancelled', async () => {
        await expect(api.cancel(1, 'ana')).rejects.toMatchObject({ code: 'RUN_NOT_GOING_ON' })
      })

      test('lineage is the whole project, or so many hops around one asset', async () => {
        const names = async (focus: string | null, depth: number | null) =>
          (await api.lineage({ focus, depth })).nodes.map(({ asset }) => asset)
        expect(await names(null, null)).toEqual([
          'raw.doors',
          'staging.doors',
          'marts.visits',
          'marts.doubled',
        ])
        expect(await names('raw.doors', 1)).toEqual(['raw.doors', 'staging.doors'])
        expect(await names('marts.visits', 1)).toEqual(['staging.doors', 'marts.visits', 'marts.doubled'])
        expect(await names('marts.visits', 0)).toEqual(['marts.visits'])
      })

      test('around one asset, lineage goes down to columns', async () => {
        const { nodes } = await api.lineage({ focus: 'marts.visits', depth: 1 })
        expect(nodes.find(({ asset }) => asset === 'marts.visits')?.columns).toEqual([
          {
            column: 'customer_id',
            type: 'VARCHAR',
            kind: 'same',
            from: [{ asset: 'staging.doors', column: 'customer_id' }],
          },
          {
            column: 'visits',
            type: 'BIGINT',
            kind: 'computed',
            from: [{ asset: 'staging.doors', column: 'visits' }],
          },
        ])
        const doubled = nodes.find(({ asset }) => asset === 'marts.doubled')?.columns
        expect(doubled?.map(({ column, kind }) => [column, kind])).toEqual([
          ['customer_id', 'unknown'],
          ['twice', 'unknown'],
        ])
        expect((await api.lineage({ focus: null, depth: null })).nodes[1]?.columns).toEqual([])
      })

      test('search finds assets, runs and pages, the nearest first', async () => {
        const labels = async (text: string) => (await api.search(text)).map(({ label }) => label)
        expect((await api.search('marts.vis'))[0]).toEqual({
          kind: 'asset',
          label: 'marts.visits',
          detail: 'Visits per customer',
          path: '/assets/marts.visits',
        })
        expect((await labels('doors')).slice(0, 2)).toEqual(['raw.doors', 'staging.doors'])
        expect((await labels('dours')).slice(0, 2)).toEqual(['raw.doors', 'staging.doors'])
        expect((await api.search('2'))[0]).toMatchObject({ kind: 'run', path: '/runs/2' })
        expect((await api.search('run #2'))[0]).toMatchObject({ kind: 'run', path: '/runs/2' })
        expect(await labels('overv')).toEqual(['Overview'])
        expect(await labels('  ')).toEqual([])
        expect(await labels('4711')).toEqual([])
      })

      test('search finds assets by a column, declared or released, and says which', async () => {
        // `door_id` of the staging table stands in no header: the release told it.
        expect((await api.search('door_id')).map(({ label, detail }) => [label, detail])).toEqual([
          ['raw.doors', 'Column door_id. What the doors counted'],
          ['staging.doors', 'Column door_id. Doors without nonsense'],
        ])
        expect((await api.search('twice')).map(({ label, detail }) => [label, detail])).toEqual([
          ['marts.doubled', 'Twice the visits'],
        ])
      })

      test('a query reads released rows, and cannot write', async () => {
        const sql = 'select sum(visits)::int as visits from marts.visits'
        expect((await api.query({ sql, maxRows: 5 }, never())).rows).toEqual([[20]])
        await expect(api.query({ sql: 'drop view marts.visits', maxRows: 5 }, never())).rejects.toMatchObject(
          {
            code: 'ENGINE_QUERY_REFUSED',
          },
        )
      })

      test('a check judges the released rows and changes nothing', async () => {
        const report = await api.check({ select: 'staging.doors', delivered: false, repair: false }, never())
        expect(report.results).toMatchObject([{ asset: 'staging.doors', status: 'failed', failedRows: 1 }])
        expect(report).toMatchObject({ delivered: [], repaired: [] })
      })

      test('status, releases, doctor and types answer', async () => {
        expect((await api.status()).assets).toHaveLength(4)
        expect((await api.releases(1)).map(({ release }) => release)).toEqual([
          (await api.overview()).lastRelease?.release,
        ])
        expect((await api.doctor()).map(({ topic }) => topic)).toEqual(
          expect.arrayContaining(['node', 'state', 'warehouse', 'schedules']),
        )
        expect(await api.types()).toContain('millrace.d.ts')
      })
    })

    describe('stopping', () => {
      test('a run whose signal is aborted ends with the signal’s reason and releases nothing', async () => {
        const controller = new AbortController()
        const reason = new Error('no longer wanted')
        const before = (await api.overview()).lastRelease
        const running = api.run(
          { ...runRequest, full: true },
          (event) => {
            if (event.kind === 'step-started') controller.abort(reason)
          },
          controller.signal,
        )
        await expect(running).rejects.toBe(reason)
        const [latest] = await api.runs({ limit: 1, before: null, status: null, asset: null })
        expect(latest?.status).toBe('cancelled')
        expect((await api.overview()).lastRelease).toEqual(before)
      })

      test('events end when their reader goes', async () => {
        const controller = new AbortController()
        const heard = (async () => {
          for await (const _event of api.events(null, controller.signal)) controller.abort()
        })()
        controller.abort()
        await heard
      })
    })
  })
}
