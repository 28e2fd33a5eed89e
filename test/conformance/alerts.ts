import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AlertChange, AlertStore, KeptAlert, NewMessage } from '../../src/adapters/state/alert-store.js'
import type { StateStore } from '../../src/adapters/state/store.js'
import type { Alert, AlertState } from '../../src/domain/alert.js'
import { type StoreFixture, step } from './store.js'

const T0 = 1_700_000_000_000

export const alertOf = (id: number, change: Partial<Alert> = {}): Alert => ({
  id,
  key: `held:marts.a${id}`,
  kind: 'held',
  severity: 'error',
  state: 'firing',
  asset: 'marts.a',
  title: 'marts.a is held: 3 of 100 rows have no id “🚻”',
  effect: 'Readers still see release 7 (10:15).',
  next: 'millrace check marts.a --rows',
  run: 12,
  observation: null,
  cause: null,
  since: T0,
  firedAt: T0,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  silencedUntil: null,
  occurrences: 1,
  events: [{ at: T0, state: 'firing', by: 'millrace', note: '' }],
  ...change,
})

export const keptOf = (
  id: number,
  change: Partial<Alert> = {},
  rest: Partial<KeptAlert> = {},
): KeptAlert => ({
  alert: alertOf(id, change),
  told: null,
  seenAt: T0,
  returns: 0,
  ...rest,
})

const message = (alert: number, state: AlertState, change: Partial<NewMessage> = {}): NewMessage => ({
  id: `p-prod-${alert}-${state}`,
  alert,
  state,
  channel: 'webhook:example.com#1',
  at: T0,
  body: { alert },
  ...change,
})

const writing = (change: Partial<AlertChange>) => (): AlertChange => ({
  kept: [],
  messages: [],
  look: null,
  ...change,
})

/** What every store of alerts does. */
export function alertConformance(name: string, openFixture: () => Promise<StoreFixture>): void {
  describe(`alert store: ${name}`, () => {
    let fixture: StoreFixture
    let store: StateStore
    let alerts: AlertStore
    let projects = 0
    const opened: StateStore[] = []
    const open = async (environment?: string) => {
      const next = await fixture.open(`alerts ${projects}`, environment)
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
      alerts = store.alerts
    })
    afterAll(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()))
      await fixture?.close()
    })
    const write = (change: Partial<AlertChange>, into = alerts) =>
      into.change(writing(change), { resolvedSince: T0 })
    const viewOf = async (resolvedSince = T0) => {
      let seen: Parameters<Parameters<AlertStore['change']>[0]>[0] | undefined
      await alerts.change(
        (view) => {
          seen = view
          return writing({})()
        },
        { resolvedSince },
      )
      return seen!
    }

    test('gives back what was written, all of it', async () => {
      const all = keptOf(1, {
        observation: { metric: 'duration_ms', unit: 'ms', value: 3000.5, low: null, high: 1000 },
        state: 'acknowledged',
        acknowledgedAt: T0 + 5,
        acknowledgedBy: 'ana',
        silencedUntil: T0 + 60_000,
        occurrences: 4,
        events: [
          { at: T0, state: 'pending', by: 'millrace', note: '' },
          { at: T0 + 1, state: 'firing', by: 'millrace', note: '' },
          { at: T0 + 5, state: 'acknowledged', by: 'ana', note: "O'Neil looks\nat it" },
        ],
      })
      const none = keptOf(2, { asset: null, run: null, key: 'project', kind: 'project', firedAt: null })
      await write({ kept: [all, { ...none, told: 'firing', returns: 3 }] })
      const { kept, nextId } = await viewOf()
      expect(kept).toEqual([all, { ...none, told: 'firing', returns: 3 }])
      expect(nextId).toBe(3)
      expect(await alerts.alert(1)).toEqual(all.alert)
      expect(await alerts.alert(99)).toBeNull()
      expect(await alerts.alert(-1)).toBeNull()
      expect(await alerts.alert(1e12)).toBeNull()
    })

    test('finds alerts by state and asset, causes before what they caused, and what one caused', async () => {
      await write({
        kept: [
          keptOf(1, { since: T0 }),
          keptOf(2, { since: T0 + 2, cause: 1, asset: 'marts.b' }),
          keptOf(3, { since: T0 + 1, state: 'resolved', resolvedAt: T0 + 9, cause: 1 }),
        ],
      })
      const ids = async (filter: Partial<Parameters<AlertStore['alerts']>[0]>) =>
        (await alerts.alerts({ states: null, asset: null, limit: 9, ...filter })).map(({ id }) => id)
      expect(await ids({})).toEqual([1, 2])
      expect(await ids({ states: ['resolved'] })).toEqual([3])
      expect(await ids({ states: ['firing', 'resolved'] })).toEqual([1, 2, 3])
      expect(await ids({ asset: 'marts.b' })).toEqual([2])
      expect(await ids({ limit: 1 })).toEqual([1])
      expect((await alerts.caused(1)).map(({ id }) => id)).toEqual([2, 3])
      expect([await alerts.alert(2 ** 31), await alerts.caused(2 ** 31)]).toEqual([null, []])
    })

    test('keeps projects and environments apart', async () => {
      const other = (await open('dev_ana')).alerts
      await write({ kept: [keptOf(1)], messages: [message(1, 'firing')] })
      await other.silence(silence())
      expect(await other.alerts({ states: null, asset: null, limit: 9 })).toEqual([])
      expect(await other.claimMessages({ now: T0, limit: 9, leaseMs: 1 })).toEqual([])
      expect(await alerts.silences(T0)).toEqual([])
    })

    test('refuses a second open alert with the same key, and takes one after the first is resolved', async () => {
      await write({ kept: [keptOf(1, { key: 'held:x' })] })
      await expect(write({ kept: [keptOf(2, { key: 'held:x' })] })).rejects.toMatchObject({
        code: 'STATE_STATEMENT_FAILED',
      })
      const first = keptOf(1, { key: 'held:x', state: 'resolved', resolvedAt: T0 })
      await write({ kept: [keptOf(2, { key: 'held:x' }), first] })
      expect((await viewOf()).kept.map(({ alert }) => alert.state)).toEqual(['resolved', 'firing'])
    })

    test('shows resolved alerts only lately, or while somebody is still to be told', async () => {
      const resolved = (id: number, at: number, told: KeptAlert['told']) =>
        keptOf(id, { state: 'resolved', resolvedAt: at }, { told })
      await write({
        kept: [
          resolved(1, T0 - 1, 'resolved'),
          resolved(2, T0 - 1, 'firing'),
          resolved(3, T0, null),
          resolved(4, T0 - 1, null),
        ],
      })
      expect((await viewOf(T0)).kept.map(({ alert }) => alert.id)).toEqual([2, 3])
    })

    test('lets one change at a time: two processes that look at once open one alert', async () => {
      const others = [alerts, (await open()).alerts, (await open()).alerts]
      const openOne = (from: AlertStore) =>
        from.change(
          (view) =>
            view.kept.length > 0
              ? writing({})()
              : writing({
                  kept: [keptOf(view.nextId, { key: 'held:x' })],
                  messages: [message(view.nextId, 'firing')],
                })(),
          { resolvedSince: T0 },
        )
      const changes = await Promise.all([...others, ...others, ...others].map(openOne))
      expect(changes.filter(({ kept }) => kept.length > 0)).toHaveLength(1)
      expect((await alerts.alerts({ states: null, asset: null, limit: 9 })).map(({ id }) => id)).toEqual([1])
      expect(await alerts.messages({ alert: null, limit: 9 })).toHaveLength(1)
    })

    test('counts looks and the runs they saw; a change that rests on an older look is told so', async () => {
      expect(await alerts.looked()).toEqual({ looks: 0, run: 0 })
      await write({ look: { looks: 1, run: 7 } })
      expect(await alerts.looked()).toEqual({ looks: 1, run: 7 })
      await write({ kept: [keptOf(1)] })
      expect(await alerts.looked()).toEqual({ looks: 2, run: 7 })
      await write({})
      expect(await alerts.looked()).toEqual({ looks: 2, run: 7 })
      expect((await viewOf()).looks).toBe(2)
    })

    const silence = () => ({
      assets: 'marts.*',
      kind: null,
      until: T0 + 1000,
      by: 'ana',
      reason: 'we move',
      createdAt: T0,
    })

    test('silences are in force until they end or are ended', async () => {
      const first = await alerts.silence(silence())
      const second = await alerts.silence({ ...silence(), kind: 'slow', until: T0 + 500 })
      expect(first).toEqual({ ...silence(), id: 1 })
      expect((await alerts.silences(T0)).map(({ id }) => id)).toEqual([2, 1])
      expect((await alerts.silences(T0 + 500)).map(({ id }) => id)).toEqual([1])
      expect((await viewOf(T0)).silences).toEqual([first, second])
      expect(await alerts.unsilence(1, T0 + 1)).toBe(true)
      expect(await alerts.unsilence(1, T0 + 2)).toBe(false)
      expect(await alerts.unsilence(99, T0)).toBe(false)
      expect((await alerts.silences(T0 + 2)).map(({ id }) => id)).toEqual([2])
    })

    test('a message is there with its alert or not at all, and once a state and channel', async () => {
      const broken = { ...message(2, 'firing'), alert: 2 ** 31 }
      await expect(write({ kept: [keptOf(1)], messages: [broken] })).rejects.toMatchObject({
        code: 'STATE_STATEMENT_FAILED',
      })
      expect(await alerts.alert(1)).toBeNull()
      const mail = message(1, 'firing', { channel: 'mail:a@b' })
      await write({ kept: [keptOf(1)], messages: [message(1, 'firing'), mail] })
      await write({ messages: [message(1, 'firing', { body: 'another' })] })
      const due = await alerts.claimMessages({ now: T0, limit: 9, leaseMs: 1000 })
      expect(due.map(({ channel, body }) => [channel, body]).sort()).toEqual([
        ['mail:a@b', { alert: 1 }],
        ['webhook:example.com#1', { alert: 1 }],
      ])
    })

    test('a claimed message is nobody else’s until its lease is over', async () => {
      await write({ kept: [keptOf(1), keptOf(2)], messages: [message(1, 'firing'), message(2, 'firing')] })
      const claim = (now: number, from = alerts) => from.claimMessages({ now, limit: 9, leaseMs: 1000 })
      const other = (await open()).alerts
      const both = await Promise.all([claim(T0), claim(T0, other), claim(T0), claim(T0, other)])
      expect(
        both
          .flat()
          .map(({ alert }) => alert)
          .sort(),
      ).toEqual([1, 2])
      expect(await claim(T0 + 999)).toEqual([])
      // Its process died after it took them: the same ids again.
      const again = await claim(T0 + 1000, other)
      expect(again.map(({ id, attempts }) => [id, attempts])).toEqual([
        ['p-prod-1-firing', 2],
        ['p-prod-2-firing', 2],
      ])
    })

    test('messages of one alert reach a channel in order', async () => {
      await write({ kept: [keptOf(1)], messages: [message(1, 'firing')] })
      await write({ messages: [message(1, 'resolved', { at: T0 + 5 })] })
      const claim = async (now: number) =>
        (await alerts.claimMessages({ now, limit: 9, leaseMs: 1 })).map(({ state }) => state)
      const settle = (state: AlertState, outcome: object) =>
        alerts.settleMessages([
          { id: `p-prod-1-${state}`, channel: message(1, state).channel, at: T0 + 10, ...outcome } as never,
        ])
      expect(await claim(T0 + 10)).toEqual(['firing'])
      await settle('firing', { kind: 'again', error: 'down', nextAt: T0 + 100 })
      expect(await claim(T0 + 50)).toEqual([])
      expect(await claim(T0 + 100)).toEqual(['firing'])
      await settle('firing', { kind: 'sent' })
      expect(await claim(T0 + 101)).toEqual(['resolved'])
      await settle('resolved', { kind: 'given_up', error: 'no such host' })
      // A word that comes late changes nothing.
      await settle('firing', { kind: 'given_up', error: 'late' })
      expect(await claim(T0 + 1e9)).toEqual([])
      expect(await alerts.messages({ alert: 1, limit: 9 })).toEqual([
        {
          id: 'p-prod-1-resolved',
          alert: 1,
          state: 'resolved',
          channel: 'webhook:example.com#1',
          at: T0 + 5,
          status: 'given_up',
          attempts: 1,
          sentAt: null,
          error: 'no such host',
        },
        {
          id: 'p-prod-1-firing',
          alert: 1,
          state: 'firing',
          channel: 'webhook:example.com#1',
          at: T0,
          status: 'sent',
          attempts: 2,
          sentAt: T0 + 10,
          error: null,
        },
      ])
    })

    test('gives the metrics of released steps since a run, each series oldest first', async () => {
      for (let number = 1; number <= 5; number++) {
        const { run } = await store.beginRun({ trigger: 'test', at: T0 })
        const metrics = [
          { name: 'duration_ms', value: run * 10 },
          { name: 'check:not_null:id', value: run / 100 },
          { name: 'bytes_out', value: 1 },
        ]
        await store.recordSteps(run, [
          step('a.a', { startedAt: T0 + run, durationMs: 1, metrics }),
          step('a.b', { status: run === 5 ? 'failed' : 'released', metrics: metrics.slice(0, 1) }),
        ])
      }
      const found = await alerts.measured({
        after: new Map([
          ['a.a', 2],
          ['a.b', 0],
          ['a.none', 0],
        ]),
        metrics: ['duration_ms', 'check:'],
        limit: 3,
      })
      expect(found.get('a.a')?.map(({ metric }) => metric)).toEqual(['check:not_null:id', 'duration_ms'])
      expect(found.get('a.a')?.[1]?.points).toEqual(
        [3, 4, 5].map((run) => ({ run, at: T0 + run + 1, value: run * 10 })),
      )
      expect(found.get('a.b')?.[0]?.points.map(({ run }) => run)).toEqual([2, 3, 4])
      expect(found.has('a.none')).toBe(false)
      expect((await alerts.releaseMoments(['a.a', 'a.none'], 2)).get('a.a')).toEqual([T0 + 5, T0 + 6])
    })

    test('samples released steps evenly over all runs, however many there are', async () => {
      for (let number = 1; number <= 30; number++) {
        const { run } = await store.beginRun({ trigger: 'test', at: T0 })
        await store.recordSteps(run, [
          step('a.a', {
            status: run % 2 === 0 ? 'released' : 'unchanged',
            startedAt: T0 + run,
            durationMs: run * 10,
            rows: run === 2 ? null : run,
          }),
        ])
      }
      const all = (await alerts.stepSamples(['a.a', 'a.none'], 100)).get('a.a')
      expect(all?.map(({ durationMs }) => durationMs)).toEqual(
        Array.from({ length: 15 }, (_one, index) => (index + 1) * 20),
      )
      expect(all?.slice(0, 2)).toEqual([
        { at: T0 + 2, durationMs: 20, rows: null },
        { at: T0 + 4, durationMs: 40, rows: 4 },
      ])
      const few = (await alerts.stepSamples(['a.a'], 5)).get('a.a')!
      expect(few.map(({ durationMs }) => durationMs)).toEqual([20, 80, 140, 200, 260])
      expect((await alerts.stepSamples([], 5)).size).toBe(0)
    })

    test('forgets resolved alerts with their messages when it is pruned', async () => {
      const old = keptOf(1, { state: 'resolved', resolvedAt: T0 })
      await write({ kept: [old, keptOf(2)], messages: [message(1, 'firing'), message(2, 'firing')] })
      await store.prune(T0 + 1)
      expect(await alerts.alert(1)).toBeNull()
      expect(await alerts.alert(2)).not.toBeNull()
      expect((await alerts.messages({ alert: null, limit: 9 })).map(({ alert }) => alert)).toEqual([2])
      expect((await viewOf()).nextId).toBe(3)
    })
  })
}
