import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SLOT_MS } from '../../src/adapters/state/history-store.js'
import type { StateStore } from '../../src/adapters/state/store.js'
import type { RunStatus, StepRecord } from '../../src/domain/run.js'
import { checkResult, type StoreFixture, state, step } from './store.js'

/** What every state store tells of the past. */
export function historyConformance(name: string, openFixture: () => Promise<StoreFixture>): void {
  describe(`history: ${name}`, () => {
    let fixture: StoreFixture
    let store: StateStore
    let projects = 0
    const opened: StateStore[] = []
    const open = async (environment?: string) => {
      const next = await fixture.open(`history ${projects}`, environment)
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

    /** One run from its start to its end; released steps become a release. */
    async function runOf(steps: readonly StepRecord[], status: RunStatus = 'done', at = 5_000) {
      const { run } = await store.beginRun({ trigger: 'millrace run', at })
      await store.recordSteps(run, steps)
      const assets = steps.filter((step) => step.status === 'released').map(({ asset }) => asset)
      let release: number | null = null
      if (assets.length > 0) {
        release = await store.prepareRelease(0, (number) => ({
          run,
          at: at + 10,
          states: assets.map((asset) => state(asset, { release: number, releasedAt: at + 10 })),
          retire: [],
          deliveries: [],
        }))
        await store.commitRelease(release)
      }
      await store.finishRun(run, { status, release, at: at + 20 })
      return { run, release }
    }
    const page = { limit: 10, before: null, status: null, asset: null }

    test('runs come newest first with how their steps ended', async () => {
      await runOf([step('a.a'), step('b.b', { status: 'unchanged' })])
      await runOf([step('a.a', { status: 'held' }), step('b.b', { status: 'skipped' })], 'held')
      await store.beginRun({ trigger: 'millrace serve', at: 9_000 })
      const runs = await store.history.runs(page)
      expect(runs.map(({ run, status, steps }) => [run, status, steps])).toEqual([
        [3, 'running', { released: 0, unchanged: 0, held: 0, failed: 0, skipped: 0 }],
        [2, 'held', { released: 0, unchanged: 0, held: 1, failed: 0, skipped: 1 }],
        [1, 'done', { released: 1, unchanged: 1, held: 0, failed: 0, skipped: 0 }],
      ])
      expect(runs[2]).toMatchObject({
        release: 1,
        trigger: 'millrace run',
        startedAt: 5_000,
        finishedAt: 5_020,
      })
    })

    test('runs are cut by number, status and asset, alone and together', async () => {
      for (const status of ['done', 'held', 'done', 'held'] as const)
        await runOf([step('a.a', { status: status === 'held' ? 'held' : 'released' })], status)
      await runOf([step('b.b')])
      const numbers = async (change: object) =>
        (await store.history.runs({ ...page, ...change })).map(({ run }) => run)
      expect(await numbers({ limit: 2 })).toEqual([5, 4])
      expect(await numbers({ before: 3 })).toEqual([2, 1])
      expect(await numbers({ status: 'held' })).toEqual([4, 2])
      expect(await numbers({ asset: 'a.a' })).toEqual([4, 3, 2, 1])
      expect(await numbers({ asset: 'a.a', status: 'held', before: 4, limit: 1 })).toEqual([2])
      expect(await numbers({ asset: 'c.c' })).toEqual([])
    })

    test('of runs that have not ended those go on whose process lives', async () => {
      const other = await open()
      const mine = await store.beginRun({ trigger: 'mine', at: 1 })
      const theirs = await other.beginRun({ trigger: 'theirs', at: 2 })
      const numbers = async () => (await store.history.runsGoingOn()).map(({ run }) => run)
      expect(await numbers()).toEqual([theirs.run, mine.run])
      await other.close()
      expect(await numbers()).toEqual([mine.run])
      await store.finishRun(mine.run, { status: 'done', release: null, at: 3 })
      expect(await numbers()).toEqual([])
    })

    test('the latest step of each asset, with the durations of its latest released ones, oldest first', async () => {
      for (let run = 1; run <= 25; run++) await runOf([step('a.a', { durationMs: run })])
      await runOf(
        [step('a.a', { status: 'failed', durationMs: 999, reason: 'it broke', startedAt: 7_000 })],
        'failed',
      )
      await runOf([step('b.b', { status: 'held' })], 'held')
      const latest = await store.history.latest(['a.a', 'b.b', 'c.c'], ['a.a', 'b.b'])
      expect([...latest.keys()].sort()).toEqual(['a.a', 'b.b'])
      expect(latest.get('a.a')).toEqual({
        asset: 'a.a',
        run: 26,
        status: 'failed',
        reason: 'it broke',
        startedAt: 7_000,
        durationMs: 999,
        durations: Array.from({ length: 20 }, (_, at) => at + 6),
      })
      expect(latest.get('b.b')?.durations).toEqual([])
      expect((await store.history.latest(['a.a'], [])).get('a.a')).toMatchObject({ run: 26, durations: [] })
    })

    test('what readers see of each asset, and nothing of those never released', async () => {
      await runOf([step('a.a')])
      await store.saveAssetStates([state('b.b', { release: 0, relation: null, rows: null })])
      expect([...(await store.history.released(['a.a', 'b.b', 'c.c'])).values()]).toEqual([
        { asset: 'a.a', release: 1, releasedAt: 5_010, rows: 3 },
      ])
    })

    test('an asset’s steps, newest first, as they were recorded', async () => {
      const record = step('a.a', {
        error: { code: 'X', message: 'broke', hint: '' },
        status: 'failed',
        rows: null,
      })
      await runOf([step('a.a')])
      await runOf([record], 'failed')
      const { checks: _checks, metrics: _metrics, ...bare } = record
      const steps = await store.history.steps('a.a', 1)
      expect(steps).toEqual([{ ...bare, run: 2 }])
      expect((await store.history.steps('a.a', 9)).map(({ run }) => run)).toEqual([2, 1])
    })

    test('an asset’s check results, newest first, those of a run in order', async () => {
      for (const failedRows of [0, 3])
        await runOf([
          step('a.a', {
            startedAt: 1_000,
            durationMs: 50,
            checks: [
              checkResult('a.a', { check: 'z', failedRows }),
              checkResult('a.a', { check: 'a', value: Number.NaN, kind: 'row_count', status: 'passed' }),
            ],
          }),
        ])
      const judged = await store.history.judgements('a.a', 3)
      expect(judged.map(({ run, check }) => [run, check])).toEqual([
        [2, 'z'],
        [2, 'a'],
        [1, 'a'],
      ])
      expect(judged[0]).toEqual({
        check: 'z',
        kind: 'not_null',
        run: 2,
        at: 1_050,
        status: 'failed',
        failedRows: 3,
        rows: 100,
        value: null,
        message: '3 of 100 rows have no id',
      })
      expect(judged[1]?.value).toBeNaN()
    })

    test('freshness is told by the latest run that judged an asset', async () => {
      const fresh = (value: number) => checkResult('a.a', { check: 'freshness:at', kind: 'freshness', value })
      await runOf([step('a.a', { checks: [fresh(10)] })])
      await runOf([step('a.a', { checks: [checkResult('a.a'), fresh(20)] })])
      await runOf([step('a.a', { status: 'unchanged' }), step('b.b', { checks: [checkResult('b.b')] })])
      const found = await store.history.freshness(['a.a', 'b.b', 'c.c'])
      expect(found.map(({ asset, check, run, value }) => [asset, check, run, value])).toEqual([
        ['a.a', 'freshness:at', 2, 20],
      ])
      expect(await store.history.freshness([])).toEqual([])
    })

    test('a metric is a series, oldest first; of several in one step the last counts', async () => {
      for (const value of [1, 2, 3])
        await runOf([
          step('a.a', {
            startedAt: 1_000 * value,
            durationMs: 100,
            metrics: [
              { name: 'loss', value: 9 },
              { name: 'rows_out', value },
              { name: 'loss', value: value / 2 },
            ],
          }),
        ])
      const series = (metric: string, since: number | null = null, limit = 9) =>
        store.history.series({ asset: 'a.a', metric, since, limit })
      expect(await series('rows_out')).toEqual([
        { run: 1, at: 1_100, value: 1 },
        { run: 2, at: 2_100, value: 2 },
        { run: 3, at: 3_100, value: 3 },
      ])
      expect((await series('rows_out', 2_100)).map(({ run }) => run)).toEqual([2, 3])
      expect((await series('rows_out', null, 2)).map(({ run }) => run)).toEqual([2, 3])
      expect((await series('loss')).map(({ value }) => value)).toEqual([0.5, 1, 1.5])
      expect(await series('nothing')).toEqual([])
    })

    test('the duration is a metric like others, of steps that were released', async () => {
      await runOf([
        step('a.a', { startedAt: 1_000, durationMs: 40, metrics: [{ name: 'rows_out', value: 1 }] }),
      ])
      await runOf([step('a.a', { startedAt: 2_000, durationMs: 9_999, status: 'failed' })], 'failed')
      const request = { asset: 'a.a', metric: 'duration_ms', since: null, limit: 9 }
      expect(await store.history.series(request)).toEqual([{ run: 1, at: 1_040, value: 40 }])
      expect(await store.history.metricNames('a.a')).toEqual(['duration_ms', 'rows_out'])
      expect(await store.history.metricNames('b.b')).toEqual([])
    })

    test('a slot shows the step of most concern, the latest of them, and counts all', async () => {
      const at = 100 * SLOT_MS
      const at2 = (offset: number, status: StepRecord['status']) =>
        step('a.a', { startedAt: at + offset, status })
      await runOf([at2(0, 'released')])
      await runOf([at2(1_000, 'held')], 'held')
      await runOf([at2(2_000, 'held')], 'held')
      await runOf([at2(3_000, 'unchanged')])
      await runOf([at2(SLOT_MS, 'unchanged')])
      expect(await store.history.slots(['a.a', 'b.b'], at)).toEqual([
        { asset: 'a.a', at, status: 'held', run: 3, steps: 4 },
        { asset: 'a.a', at: at + SLOT_MS, status: 'unchanged', run: 5, steps: 1 },
      ])
      expect(await store.history.slots(['a.a'], at + SLOT_MS)).toHaveLength(1)
      expect(await store.history.slots(['b.b'], at)).toEqual([])
    })

    test('writing a step again counts it once', async () => {
      const { run } = await store.beginRun({ trigger: 'x', at: 1 })
      await store.recordSteps(run, [step('a.a')])
      await store.recordSteps(run, [step('a.a')])
      expect((await store.history.slots(['a.a'], 0)).map(({ steps }) => steps)).toEqual([1])
    })

    test('slots older than two days are forgotten with the next step', async () => {
      const day = 86_400_000
      await runOf([step('a.a', { startedAt: 10 * day })])
      await runOf([step('a.a', { startedAt: 13 * day })])
      expect(await store.history.slots(['a.a'], 0)).toHaveLength(1)
    })

    test('the releases that brought an asset new rows, newest first', async () => {
      await runOf([step('a.a', { rows: 7 }), step('b.b')])
      await runOf([step('b.b')])
      await runOf([step('a.a', { rows: 9 })], 'done', 8_000)
      expect(await store.history.releasesOf('a.a', 9)).toEqual([
        { release: 3, run: 3, at: 8_010, rows: 9 },
        { release: 1, run: 1, at: 5_010, rows: 7 },
      ])
      expect(await store.history.releasesOf('a.a', 1)).toHaveLength(1)
      expect(await store.history.release(1)).toEqual({
        release: 1,
        run: 1,
        at: 5_010,
        assets: ['a.a', 'b.b'],
      })
      expect(await store.history.release(9)).toBeNull()
      expect(await store.history.releaseTimes([1, 3, 9])).toEqual(
        new Map([
          [1, 5_010],
          [3, 8_010],
        ]),
      )
      expect(await store.history.releaseTimes([])).toEqual(new Map())
    })

    test('environments see nothing of each other', async () => {
      const other = await open('dev_ana')
      await runOf([step('a.a', { checks: [checkResult('a.a')], metrics: [{ name: 'rows_out', value: 1 }] })])
      const { history } = other
      expect(await history.runs(page)).toEqual([])
      expect((await history.latest(['a.a'], ['a.a'])).size).toBe(0)
      expect((await history.released(['a.a'])).size).toBe(0)
      expect(await history.steps('a.a', 9)).toEqual([])
      expect(await history.judgements('a.a', 9)).toEqual([])
      expect(await history.series({ asset: 'a.a', metric: 'rows_out', since: null, limit: 9 })).toEqual([])
      expect(await history.slots(['a.a'], 0)).toEqual([])
      expect(await history.releasesOf('a.a', 9)).toEqual([])
      expect(await history.release(1)).toBeNull()
    })

    test('what is pruned is gone from every view of the past', async () => {
      await runOf(
        [step('a.a', { startedAt: 1_000, metrics: [{ name: 'rows_out', value: 1 }] })],
        'done',
        1_000,
      )
      await runOf([step('a.a', { startedAt: 9_000_000 })], 'done', 9_000_000)
      await store.prune(8_000_000)
      expect((await store.history.runs(page)).map(({ run }) => run)).toEqual([2])
      expect((await store.history.slots(['a.a'], 0)).map(({ run }) => run)).toEqual([2])
      expect((await store.history.releasesOf('a.a', 9)).map(({ run }) => run)).toEqual([2])
    })
  })
}
