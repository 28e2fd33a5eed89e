import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StateStore } from '../../src/adapters/state/store.js'
import { MOST_TAKES, type TickClaim } from '../../src/adapters/state/tick-store.js'
import type { StoreFixture } from './store.js'

const A = { subject: 'asset:marts.a', timetable: '* * * * * UTC' }
const B = { subject: 'report:weekly', timetable: '0 7 * * 1 UTC' }

const claimOf = (at: number, change: Partial<TickClaim> = {}): TickClaim => ({
  subject: A.subject,
  at,
  status: 'running',
  note: '',
  ...change,
})
const tickOf = (at: number, subject = A.subject) => ({ subject, at })

/** What every state store keeps of ticks. A store that is closed is, for the others, a process that died. */
export function tickConformance(name: string, openFixture: () => Promise<StoreFixture>): void {
  describe(`ticks: ${name}`, () => {
    let fixture: StoreFixture
    let store: StateStore
    let projects = 0
    const opened: StateStore[] = []
    const open = async (environment?: string) => {
      const next = await fixture.open(`ticks ${projects}`, environment)
      opened.push(next)
      return next
    }
    const close = async (one: StateStore) => {
      opened.splice(opened.indexOf(one), 1)
      await one.close()
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

    test('a subject is followed from when it was first seen, and from there on where it was left', async () => {
      expect(await store.ticks.follow([A, B], 1_000)).toEqual(
        new Map([
          [A.subject, 1_000],
          [B.subject, 1_000],
        ]),
      )
      await store.ticks.claim([claimOf(60_000)])
      expect((await store.ticks.follow([A, B], 90_000)).get(A.subject)).toBe(60_000)
    })

    test('another timetable, a break, and a clock that was ahead begin anew', async () => {
      await store.ticks.follow([A, B], 1_000)
      expect((await store.ticks.follow([{ ...A, timetable: '@daily UTC' }, B], 5_000)).get(A.subject)).toBe(
        5_000,
      )
      expect([...(await store.ticks.follow([B], 6_000)).keys()]).toEqual([B.subject])
      expect((await store.ticks.follow([A, B], 7_000)).get(A.subject)).toBe(7_000)
      expect((await store.ticks.follow([A, B], 4_000)).get(A.subject)).toBe(4_000)
    })

    test('environments do not see each other’s ticks', async () => {
      const other = await open('dev')
      await store.ticks.follow([A], 0)
      await other.ticks.follow([A], 0)
      expect(await store.ticks.claim([claimOf(60_000)])).toHaveLength(1)
      expect(await other.ticks.claim([claimOf(60_000)])).toHaveLength(1)
      await other.ticks.settle([tickOf(60_000)], { status: 'done', run: null, note: 'theirs' })
      expect(await store.ticks.latest(A.subject, 9)).toMatchObject([{ status: 'running', note: '' }])
    })

    test('a tick is claimed once, whoever comes first, and not after a later one', async () => {
      await store.ticks.follow([A, B], 0)
      const other = await open()
      const both = await Promise.all(
        [store, other].map((each) => each.ticks.claim([claimOf(60_000), claimOf(60_000, B)])),
      )
      expect(both.flat()).toHaveLength(2)
      expect(await store.ticks.claim([claimOf(60_000)])).toEqual([])
      expect(await other.ticks.claim([claimOf(180_000)])).toEqual([tickOf(180_000)])
      expect(await store.ticks.claim([claimOf(120_000)])).toEqual([])
      expect((await store.ticks.latest(A.subject, 9)).map(({ at }) => at)).toEqual([180_000, 60_000])
    })

    test('of many that race for many ticks each tick has one taker', async () => {
      const subjects = Array.from({ length: 20 }, (_, n) => ({ subject: `asset:a.${n}`, timetable: 't' }))
      await store.ticks.follow(subjects, 0)
      const stores = [store, await open(), await open()]
      const got = await Promise.all(
        stores.flatMap((each, order) =>
          [60_000, 120_000].map((at) => {
            const claims = subjects.map(({ subject }) => claimOf(at, { subject }))
            return each.ticks.claim(order % 2 ? claims.reverse() : claims)
          }),
        ),
      )
      const names = got.flat().map(({ subject, at }) => `${subject} ${at}`)
      expect(new Set(names).size).toBe(names.length)
      const last = await Promise.all(subjects.map(({ subject }) => store.ticks.latest(subject, 1)))
      expect(last.flat().map(({ at }) => at)).toEqual(subjects.map(() => 120_000))
    })

    test('what is left out and what runs after it are claimed together', async () => {
      await store.ticks.follow([A], 0)
      const claims = [claimOf(60_000, { status: 'left_out', note: 'missed' }), claimOf(120_000)]
      expect(await store.ticks.claim(claims)).toEqual([tickOf(60_000), tickOf(120_000)])
      expect(await store.ticks.latest(A.subject, 9)).toEqual([
        { ...tickOf(120_000), status: 'running', run: null, note: '' },
        { ...tickOf(60_000), status: 'left_out', run: null, note: 'missed' },
      ])
    })

    test('a record says which run it was and how it ended', async () => {
      await store.ticks.follow([A], 0)
      await store.ticks.claim([claimOf(60_000, { note: 'stands for two' })])
      await store.ticks.began([tickOf(60_000)], 7)
      expect(await store.ticks.latest(A.subject, 1)).toMatchObject([{ status: 'running', run: 7 }])
      await store.ticks.settle([tickOf(60_000)], { status: 'done', run: null, note: 'held' })
      const record = { ...tickOf(60_000), status: 'done', run: 7, note: 'stands for two; held' }
      expect(await store.ticks.latest(A.subject, 1)).toEqual([record])
      expect(await store.ticks.latestOfAll()).toEqual([record])
      await store.ticks.settle([tickOf(60_000)], { status: 'left_out', run: null, note: 'again' })
      expect(await store.ticks.latest(A.subject, 1)).toEqual([record])
    })

    test('a tick whose process died is taken up once; one of a process that lives is not', async () => {
      await store.ticks.follow([A, B], 0)
      const other = await open()
      await other.ticks.claim([claimOf(60_000), claimOf(70_000, B)])
      const { run } = await other.beginRun({ trigger: 'schedule', at: 1 })
      await other.ticks.began([tickOf(60_000)], run)
      expect(await store.ticks.takeUp()).toEqual([])
      await close(other)
      const third = await open()
      const taken = await Promise.all([store.ticks.takeUp(), third.ticks.takeUp()])
      expect(taken.flat()).toEqual([
        { ...tickOf(60_000), status: 'running', run: null, note: '' },
        { ...tickOf(70_000, B.subject), status: 'running', run: null, note: '' },
      ])
      expect(await store.ticks.takeUp()).toEqual([])
    })

    test('one whose run had ended is done, and not run again', async () => {
      await store.ticks.follow([A], 0)
      const other = await open()
      await other.ticks.claim([claimOf(60_000)])
      const { run } = await other.beginRun({ trigger: 'schedule', at: 1 })
      await other.ticks.began([tickOf(60_000)], run)
      await other.finishRun(run, { status: 'failed', release: null, at: 2 })
      await close(other)
      expect(await store.ticks.takeUp()).toEqual([])
      expect(await store.ticks.latest(A.subject, 1)).toMatchObject([{ status: 'done', run }])
    })

    test('what is given back is taken up without counting against it', async () => {
      await store.ticks.follow([A], 0)
      await store.ticks.claim([claimOf(60_000)])
      for (let times = 0; times < MOST_TAKES + 2; times++) {
        await store.ticks.settle([tickOf(60_000)], { status: 'due', run: null, note: '' })
        expect(await store.ticks.takeUp()).toHaveLength(1)
      }
    })

    test('one that takes its process down every time is left out in the end', async () => {
      await store.ticks.follow([A], 0)
      let runner = await open()
      await runner.ticks.claim([claimOf(60_000)])
      for (let times = 1; times < MOST_TAKES; times++) {
        await close(runner)
        runner = await open()
        expect(await runner.ticks.takeUp()).toHaveLength(1)
      }
      await close(runner)
      expect(await store.ticks.takeUp()).toEqual([])
      expect(await store.ticks.latest(A.subject, 1)).toMatchObject([{ status: 'left_out' }])
    })

    test('old records go, the newest of each subject and the open ones stay', async () => {
      await store.ticks.follow([A, B], 0)
      await store.ticks.claim([claimOf(1_000, B)])
      await store.ticks.settle([tickOf(1_000, B.subject)], { status: 'done', run: null, note: '' })
      for (const at of [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]) {
        await store.ticks.claim([claimOf(at)])
        if (at > 1_000) await store.ticks.settle([tickOf(at)], { status: 'done', run: null, note: '' })
      }
      expect(await store.ticks.prune(3_000, 3)).toBe(2)
      expect((await store.ticks.latest(A.subject, 9)).map(({ at }) => at)).toEqual([
        6_000, 5_000, 4_000, 1_000,
      ])
      expect(await store.ticks.latest(B.subject, 9)).toHaveLength(1)
      expect(await store.ticks.prune(100_000, 3)).toBe(2)
      expect((await store.ticks.latest(A.subject, 9)).map(({ at }) => at)).toEqual([6_000, 1_000])
    })
  })
}
