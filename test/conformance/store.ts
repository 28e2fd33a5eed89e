import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StateStore } from '../../src/adapters/state/store.js'
import { type AssetState, emptyAssetState } from '../../src/domain/asset-state.js'
import type { CheckResult } from '../../src/domain/check.js'
import type { DeliveryRecord } from '../../src/domain/delivery.js'
import type { StepRecord } from '../../src/domain/run.js'
import { reportStoreClaims } from './report-store.js'

/** Opens stores on one server; each project is empty at first. */
export type StoreFixture = Readonly<{
  open(project: string, environment?: string, processName?: string): Promise<StateStore>
  close(): Promise<void>
}>

export const step = (asset: string, change: Partial<StepRecord> = {}): StepRecord => ({
  asset,
  status: 'released',
  reason: 'first build',
  startedAt: 1_700_000_000_123,
  durationMs: 12.5,
  rows: 10,
  ranges: [{ start: 0, end: 3_600_000 }],
  attempts: 1,
  error: null,
  candidate: null,
  judgedRelease: null,
  checks: [],
  metrics: [],
  ...change,
})

export const checkResult = (asset: string, change: Partial<CheckResult> = {}): CheckResult => ({
  asset,
  check: 'not_null:id',
  kind: 'not_null',
  severity: 'error',
  onFail: 'block',
  status: 'failed',
  rows: 100,
  failedRows: 3,
  fraction: 0.03,
  value: null,
  message: '3 of 100 rows have no id',
  samples: [{ id: null, note: 'O’Neil "x" \\ 🚻' }],
  tenants: [{ tenant: 'acme', rows: 50, failedRows: 3 }],
  ...change,
})

export const state = (asset: string, change: Partial<AssetState> = {}): AssetState => ({
  asset,
  fingerprint: 'f1',
  relation: `${asset}__f1`,
  columns: [{ name: 'id', type: 'BIGINT' }],
  built: [{ start: 0, end: 100 }],
  pending: [],
  position: { cursor: '42', files: [1, null] },
  release: 1,
  releasedAt: 1_700_000_000_456,
  inputReleases: { 'raw.a': 1 },
  judged: { not_null: { rule: 'abc', effect: 'pass' } },
  rows: 3,
  ...change,
})

export const delivery = (id: string, change: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  delivery: id,
  asset: 'marts.a',
  connection: 'app',
  target: 'public.a',
  delivered: 0,
  wanted: 1,
  needsAll: true,
  status: 'waiting',
  inserted: 0,
  updated: 0,
  deleted: 0,
  durationMs: 0,
  attempts: 0,
  error: null,
  ...change,
})

/** What every state store does. */
export function storeConformance(name: string, openFixture: () => Promise<StoreFixture>): void {
  describe(`state store: ${name}`, () => {
    let fixture: StoreFixture
    let store: StateStore
    let projects = 0
    const project = () => `project ${projects}`
    const opened: StateStore[] = []
    const open = async (environment?: string, processName?: string) => {
      const next = await fixture.open(project(), environment, processName)
      opened.push(next)
      return next
    }

    beforeAll(async () => {
      fixture = await openFixture()
    })
    beforeEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()))
      projects++
      store = await open()
    })
    afterAll(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()))
      await fixture?.close()
    })

    const begin = async (from = store) => (await from.beginRun({ trigger: 'millrace run', at: 1_000 })).run
    const releaseOf = async (
      run: number,
      make: (release: number) => Partial<Parameters<typeof prepared>[1]>,
      from = store,
    ) => from.prepareRelease(0, (release) => prepared(run, make(release)))

    reportStoreClaims(() => store)

    test('runs are numbered from one, and finished as told', async () => {
      const first = await store.beginRun({ trigger: 'millrace run --select "é"', at: 1_700_000_000_001 })
      expect(first).toEqual({
        run: 1,
        status: 'running',
        environment: store.environment,
        startedAt: 1_700_000_000_001,
        finishedAt: null,
        release: null,
        trigger: 'millrace run --select "é"',
      })
      expect(await begin()).toBe(2)
      await store.finishRun(1, { status: 'held', release: 7, at: 1_700_000_000_500 })
      const finished = { ...first, status: 'held', release: 7, finishedAt: 1_700_000_000_500 }
      expect((await store.run(1))?.run).toEqual(finished)
      expect((await store.runs({ limit: 10 })).map(({ run }) => run)).toEqual([2, 1])
      expect(await store.runs({ limit: 10, before: 2 })).toEqual([finished])
      expect(await store.run(99)).toBeNull()
    })

    test('a number that no run can have is that of no run, and is above every run', async () => {
      await store.beginRun({ trigger: 'millrace run', at: 1_000 })
      for (const number of [2 ** 31, Number.MAX_SAFE_INTEGER]) {
        expect(await store.run(number)).toBeNull()
        expect(await store.runs({ limit: 5, before: number })).toHaveLength(1)
        expect(
          await store.history.runs({ limit: 5, before: number, status: null, asset: null }),
        ).toHaveLength(1)
      }
    })

    test('environments and projects see nothing of each other', async () => {
      const other = await open('dev_ana')
      await begin()
      await store.saveAssetStates([state('a.a')])
      expect(await other.runs({ limit: 9 })).toEqual([])
      expect((await other.assetStates()).size).toBe(0)
      expect(await begin(other)).toBe(1)
      expect((await other.run(1))?.run.environment).toBe('dev_ana')
      expect((await other.acquireLocks(1, ['a.a'])).ok).toBe(true)
      expect((await store.acquireLocks(1, ['a.a'])).ok).toBe(true)
    })

    test('a step comes back as it was written, with checks and metrics in order', async () => {
      const run = await begin()
      const full = step('marts.a', {
        status: 'held',
        rows: null,
        error: { code: 'X', message: 'it broke', hint: 'mend it' },
        candidate: 'marts.a__c1',
        ranges: [],
        checks: [
          checkResult('marts.a', { check: 'z' }),
          checkResult('marts.a', { check: 'a', value: 1.5, ranges: [{ start: 1, end: 2 }] }),
        ],
        metrics: [
          { name: 'rows_out', value: 3 },
          { name: 'build_ms', value: 0.1 },
          { name: 'rows_out', value: 1e300 },
        ],
      })
      const plain = step('marts.b', { startedAt: 1_700_000_000_999 })
      await store.recordSteps(run, [plain, full])
      expect((await store.run(run))?.steps).toEqual([full, plain])
      expect(await store.steps('marts.a', 5)).toEqual([{ ...full, run }])
      expect(await store.steps('marts.none', 5)).toEqual([])
    })

    test('numbers JSON lacks and texts Postgres lacks do not stop a step from being kept', async () => {
      const run = await begin()
      const odd = step('marts.a', {
        reason: 'a \0 b \ud800 c',
        checks: [
          checkResult('marts.a', {
            value: Number.NaN,
            fraction: Number.POSITIVE_INFINITY,
            samples: [{ 'k\0': 'v\0', big: 12n, huge: 2n ** 80n, nan: Number.NaN, back: '\\u0000' }],
          }),
        ],
        metrics: [{ name: 'loss', value: Number.NaN }],
      })
      await store.recordSteps(run, [odd])
      const [kept] = await store.steps('marts.a', 1)
      expect(kept?.reason).toBe('a \ufffd b \ufffd c')
      expect(kept?.metrics).toEqual([{ name: 'loss', value: Number.NaN }])
      expect(kept?.checks[0]).toMatchObject({ value: Number.NaN, fraction: Number.POSITIVE_INFINITY })
      expect(kept?.checks[0]?.samples).toEqual([
        { 'k\ufffd': 'v\ufffd', big: 12, huge: String(2n ** 80n), nan: 'NaN', back: '\\u0000' },
      ])
    })

    test('writing a step again replaces it, checks and metrics included', async () => {
      const run = await begin()
      const both = [
        { name: 'a', value: 1 },
        { name: 'b', value: 2 },
      ]
      await store.recordSteps(run, [step('a.a', { metrics: both, checks: [checkResult('a.a')] })])
      await store.recordSteps(run, [step('a.a', { status: 'failed', metrics: [{ name: 'c', value: 3 }] })])
      expect((await store.run(run))?.steps).toEqual([
        step('a.a', { status: 'failed', metrics: [{ name: 'c', value: 3 }] }),
      ])
    })

    test('the latest step of every asset, and its history newest first', async () => {
      for (const assets of [['a.a', 'b.b'], ['a.a'], ['c.c', 'a.a']]) {
        const run = await begin()
        await store.recordSteps(
          run,
          assets.map((asset) => step(asset, { rows: run })),
        )
      }
      const latest = await store.latestSteps()
      expect(latest.map(({ asset, run, rows }) => [asset, run, rows])).toEqual([
        ['a.a', 3, 3],
        ['b.b', 1, 1],
        ['c.c', 3, 3],
      ])
      expect((await store.steps('a.a', 2)).map(({ run }) => run)).toEqual([3, 2])
    })

    test('usual durations are medians of released steps', async () => {
      for (const [durationMs, rows, status] of [
        [10, 100, 'released'],
        [30, 300, 'released'],
        [20, null, 'released'],
        [9_000, 9, 'failed'],
      ] as const)
        await store.recordSteps(await begin(), [step('a.a', { durationMs, rows, status })])
      await store.recordSteps(await begin(), [step('b.b', { status: 'held' }), step('c.c', { rows: null })])
      expect(await store.usualDurations()).toEqual(
        new Map([
          ['a.a', { durationMs: 20, rows: 100 }],
          ['c.c', { durationMs: 12.5, rows: null }],
        ]),
      )
    })

    test('a prepared release changes nothing until it is committed, and then once', async () => {
      const run = await begin()
      const release = await releaseOf(run, (number) => ({
        states: [state('marts.a', { release: number }), emptyAssetState('marts.b')],
        deliveries: [delivery('marts.a>app:public.a', { wanted: number })],
      }))
      expect((await store.assetStates()).size).toBe(0)
      expect(await store.releases(9)).toEqual([])
      expect(await store.preparedReleases()).toEqual([
        {
          release,
          run,
          at: 5_000,
          retire: [],
          states: [state('marts.a', { release }), emptyAssetState('marts.b')],
          deliveries: [delivery('marts.a>app:public.a', { wanted: release })],
        },
      ])
      await store.commitRelease(release)
      await store.saveDeliveries([delivery('marts.a>app:public.a', { wanted: release, delivered: release })])
      await store.commitRelease(release)
      await store.abandonRelease(release)
      expect([...(await store.assetStates()).values()]).toEqual([
        state('marts.a', { release }),
        emptyAssetState('marts.b'),
      ])
      expect(await store.preparedReleases()).toEqual([])
      expect(await store.releases(9)).toEqual([{ release, run, at: 5_000, assets: ['marts.a'] }])
      expect(await store.deliveries()).toEqual([
        delivery('marts.a>app:public.a', { wanted: release, delivered: release }),
      ])
    })

    test('release numbers rise, lie above the floor, and are never used again', async () => {
      const run = await begin()
      const first = await releaseOf(run, () => ({}))
      await store.abandonRelease(first)
      const second = await releaseOf(run, () => ({}))
      const third = await store.prepareRelease(40, () => prepared(run, {}))
      expect([first, second, third]).toEqual([1, 2, 41])
      await store.abandonRelease(third)
      expect(await releaseOf(run, () => ({}))).toBe(42)
    })

    test('a prepare that throws leaves nothing', async () => {
      await expect(
        store.prepareRelease(0, () => {
          throw new RangeError('no')
        }),
      ).rejects.toBeInstanceOf(RangeError)
      expect(await releaseOf(await begin(), () => ({}))).toBe(1)
      expect(await store.preparedReleases()).toHaveLength(1)
    })

    test('an abandoned release changes nothing, and can be committed if its rows are visible after all', async () => {
      const release = await releaseOf(await begin(), (number) => ({
        states: [state('a.a', { release: number })],
      }))
      await store.abandonRelease(release)
      expect(await store.preparedReleases()).toEqual([])
      expect((await store.assetStates()).size).toBe(0)
      await store.commitRelease(release)
      expect((await store.assetStates()).get('a.a')?.release).toBe(release)
    })

    test('retired assets leave with their deliveries', async () => {
      const run = await begin()
      await store.saveAssetStates([state('a.a'), state('b.b')])
      await store.saveDeliveries([delivery('x', { asset: 'a.a' }), delivery('y', { asset: 'b.b' })])
      await store.commitRelease(await releaseOf(run, () => ({})))
      await store.commitRelease(await releaseOf(run, () => ({ retire: ['a.a'] })))
      expect([...(await store.assetStates()).keys()]).toEqual(['b.b'])
      expect((await store.deliveries()).map(({ delivery }) => delivery)).toEqual(['y'])
    })

    test('a release that commits late never takes an asset back', async () => {
      const run = await begin()
      const early = await releaseOf(run, (release) => ({ states: [state('a.a', { release, rows: 1 })] }))
      const late = await releaseOf(run, (release) => ({
        states: [state('a.a', { release, rows: 2 })],
        deliveries: [delivery('x', { wanted: release })],
      }))
      await store.commitRelease(late)
      await store.commitRelease(early)
      expect((await store.assetStates()).get('a.a')).toMatchObject({ release: late, rows: 2 })
      await store.saveAssetStates([state('a.a', { release: early, pending: [{ start: 5, end: 6 }] })])
      expect((await store.assetStates()).get('a.a')).toEqual(
        state('a.a', { release: late, rows: 2, pending: [{ start: 5, end: 6 }] }),
      )
    })

    test('ranges that others add while a run builds an asset stay pending after its release', async () => {
      const other = await open()
      await store.saveAssetStates([state('a.a', { pending: [{ start: 0, end: 10 }] })])
      const run = await begin()
      await store.acquireLocks(run, ['a.a'])
      // Another run, whose asset is an input of a.a, owes it a range, once before and once after the preparing.
      await other.saveAssetStates([
        state('a.a', {
          pending: [
            { start: 0, end: 10 },
            { start: 50, end: 60 },
          ],
        }),
      ])
      const release = await releaseOf(run, (release) => ({
        states: [state('a.a', { release, pending: [] })],
      }))
      await other.saveAssetStates([state('a.a', { pending: [{ start: 70, end: 80 }] })])
      await store.commitRelease(release)
      expect((await store.assetStates()).get('a.a')).toEqual(
        state('a.a', {
          release,
          pending: [
            { start: 50, end: 60 },
            { start: 70, end: 80 },
          ],
        }),
      )
    })

    test('two runs that touch a third asset both leave their ranges pending', async () => {
      const run = await begin()
      await store.saveAssetStates([state('x.x')])
      const touch = (start: number) =>
        releaseOf(run, () => ({ states: [state('x.x', { pending: [{ start, end: start + 1 }] })] }))
      const [first, second] = [await touch(10), await touch(20)]
      await store.commitRelease(first)
      await store.commitRelease(second)
      expect((await store.assetStates()).get('x.x')?.pending).toEqual([
        { start: 10, end: 11 },
        { start: 20, end: 21 },
      ])
    })

    test('pending everything comes back as such and goes with the release that built it', async () => {
      const run = await begin()
      await store.saveAssetStates([state('a.a', { pending: 'all' })])
      expect((await store.assetStates()).get('a.a')?.pending).toBe('all')
      await store.acquireLocks(run, ['a.a'])
      await store.commitRelease(
        await releaseOf(run, (release) => ({ states: [state('a.a', { release, pending: [] })] })),
      )
      expect((await store.assetStates()).get('a.a')?.pending).toEqual([])
    })

    test('states outside a release are kept, replaced and forgotten', async () => {
      const odd = state('a.a', { position: null, rows: null, fingerprint: null, built: [], columns: [] })
      await store.saveAssetStates([odd, state('b.b')])
      expect((await store.assetStates()).get('a.a')).toEqual(odd)
      await store.saveAssetStates([state('a.a', { position: 'at 7' }), emptyAssetState('b.b')])
      expect([...(await store.assetStates()).values()]).toEqual([state('a.a', { position: 'at 7' })])
      await store.saveAssetStates([])
    })

    test('deliveries are kept by their id', async () => {
      await store.saveDeliveries([delivery('y'), delivery('x', { error: 'down', status: 'refused' })])
      await store.saveDeliveries([
        delivery('y', { delivered: 3, wanted: 3, status: 'delivered', inserted: 2 ** 40 }),
      ])
      expect(await store.deliveries()).toEqual([
        delivery('x', { error: 'down', status: 'refused' }),
        delivery('y', { delivered: 3, wanted: 3, status: 'delivered', inserted: 2 ** 40 }),
      ])
    })

    test('locks are taken all or none, and tell who holds them', async () => {
      const other = await open(undefined, 'millrace serve (pid 7 on there)')
      const mine = await begin()
      const theirs = await begin(other)
      expect(await other.acquireLocks(theirs, ['b.b', 'c.c', 'b.b'])).toEqual({ ok: true })
      const refused = await store.acquireLocks(mine, ['a.a', 'b.b'])
      expect(refused).toEqual({
        ok: false,
        holders: [
          {
            asset: 'b.b',
            run: theirs,
            process: 'millrace serve (pid 7 on there)',
            since: expect.any(Number),
          },
        ],
      })
      expect((await store.locks()).map(({ asset }) => asset)).toEqual(['b.b', 'c.c'])
      expect((await other.acquireLocks(theirs, ['a.a'])).ok).toBe(true)
      await other.finishRun(theirs, { status: 'done', release: null, at: 1 })
      expect(await store.locks()).toEqual([])
      expect((await store.acquireLocks(mine, ['a.a', 'b.b'])).ok).toBe(true)
      expect((await store.acquireLocks(mine, ['a.a'])).ok).toBe(true)
      await store.finishRun(mine, { status: 'done', release: null, at: 1 })
    })

    test('two runs of one process exclude each other too', async () => {
      const [first, second] = [await begin(), await begin()]
      expect((await store.acquireLocks(first, ['a.a'])).ok).toBe(true)
      expect((await store.acquireLocks(second, ['a.a'])).ok).toBe(false)
    })

    test('of many that race for a lock one wins', async () => {
      const stores = await Promise.all(Array.from({ length: 6 }, () => open()))
      const runs = await Promise.all(stores.map((each) => begin(each)))
      expect(new Set(runs).size).toBe(6)
      for (let round = 0; round < 5; round++) {
        const assets = ['a.a', `b.${round}`]
        const answers = await Promise.all(
          stores.map((each, index) =>
            each.acquireLocks(runs[index]!, index % 2 ? assets : [...assets].reverse()),
          ),
        )
        const winners = answers.flatMap(({ ok }, index) => (ok ? [index] : []))
        expect(winners).toHaveLength(1)
        await stores[winners[0]!]!.finishRun(runs[winners[0]!]!, { status: 'done', release: null, at: 1 })
      }
    })

    test('a closed process leaves its locks and runs to others', async () => {
      const other = await open()
      const theirs = await begin(other)
      await other.acquireLocks(theirs, ['a.a'])
      const release = await releaseOf(
        theirs,
        (number) => ({ states: [state('a.a', { release: number })] }),
        other,
      )
      const mine = await begin()
      // Alive, it is between two of its own steps: nobody else settles its release.
      expect(await store.preparedReleases()).toEqual([])
      expect(await store.abandonDeadRuns(9_000)).toEqual([])
      await other.close()
      expect((await store.preparedReleases()).map((each) => each.release)).toEqual([release])
      await store.commitRelease(release)
      expect(await store.abandonDeadRuns(9_000)).toMatchObject([
        { run: theirs, status: 'abandoned', finishedAt: 9_000, release },
      ])
      expect((await store.run(mine))?.run.status).toBe('running')
      expect((await store.acquireLocks(mine, ['a.a'])).ok).toBe(true)
      expect(await store.abandonDeadRuns(9_500)).toEqual([])
    })

    test('forgets early the runs in which nothing was new, but not the last look at an asset', async () => {
      const run = async (at: number, steps: StepRecord[], status: 'done' | 'held' = 'done') => {
        const { run: number } = await store.beginRun({ trigger: 'x', at })
        await store.recordSteps(number, steps)
        await store.finishRun(number, { status, release: null, at })
        return number
      }
      const quiet = (asset: string) =>
        step(asset, { status: 'unchanged', metrics: [{ name: 'rows', value: 1 }] })
      const weekly = await run(1_000, [quiet('marts.weekly')])
      const gone = [await run(2_000, [quiet('raw.a')]), await run(3_000, [quiet('raw.a')])]
      const held = await run(4_000, [quiet('raw.a'), step('marts.b', { status: 'held' })], 'held')
      const last = await run(4_500, [quiet('raw.a')])
      const fresh = await run(9_000, [quiet('raw.c')])
      const going = (await store.beginRun({ trigger: 'x', at: 4_600 })).run
      expect(await store.thin(5_000)).toBe(gone.length)
      expect((await store.runs({ limit: 99 })).map(({ run }) => run)).toEqual([
        going,
        fresh,
        last,
        held,
        weekly,
      ])
      expect((await store.steps('raw.a', 9)).map(({ run }) => run)).toEqual([last, held])
      expect((await store.latestSteps()).map(({ asset, run }) => [asset, run])).toEqual(
        expect.arrayContaining([
          ['marts.weekly', weekly],
          ['raw.a', last],
        ]),
      )
      expect(await store.thin(5_000)).toBe(0)
    })

    test('pruning keeps what is current', async () => {
      const run = async (at: number, release: boolean) => {
        const { run } = await store.beginRun({ trigger: 't', at })
        await store.recordSteps(run, [
          step('a.a', { metrics: [{ name: 'm', value: 1 }], checks: [checkResult('a.a')] }),
        ])
        if (release)
          await store.commitRelease(
            await releaseOf(run, (number) => ({ states: [state('a.a', { release: number })] })),
          )
        await store.finishRun(run, { status: 'done', release: null, at })
        return run
      }
      await run(1_000, true)
      const current = await run(2_000, true)
      await run(3_000, false)
      const young = await run(10_000, false)
      expect(await store.prune(5_000)).toBe(2)
      expect((await store.runs({ limit: 9 })).map(({ run }) => run)).toEqual([young, current])
      expect((await store.releases(9)).map(({ run }) => run)).toEqual([current])
      expect(await store.steps('a.a', 9)).toHaveLength(2)
      expect(await store.prune(5_000)).toBe(0)
    })

    test('statistics name version, size, migrations and runs', async () => {
      await begin()
      expect(await store.statistics()).toEqual({
        version: expect.stringMatching(/^\d+\.\d+/),
        bytes: expect.any(Number),
        migrations: expect.arrayContaining(['0001_state.sql', '0005_reports.sql']),
        runs: 1,
      })
    })
  })
}

const prepared = (
  run: number,
  change: Partial<{ states: AssetState[]; retire: string[]; deliveries: DeliveryRecord[] }>,
) => ({ run, at: 5_000, states: [], retire: [], deliveries: [], ...change })
