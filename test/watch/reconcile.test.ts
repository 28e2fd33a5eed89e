import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertState, Silence } from '../../src/domain/alert.js'
import type { Severity } from '../../src/domain/check.js'
import { acknowledge } from '../../src/watch/acknowledge.js'
import { tell } from '../../src/watch/telling.js'
import { MINUTE, symptom, T0, world } from './given.js'

const silenceOf = (change: Partial<Silence> = {}): Silence => ({
  id: 1,
  assets: '*',
  kind: null,
  until: T0 + 60 * MINUTE,
  by: 'ana',
  reason: '',
  createdAt: T0,
  ...change,
})

describe('the life of an alert', () => {
  test('a symptom that tells at once fires in the look that finds it, is told once, and resolves when it is gone', () => {
    const it = world()
    it.look(T0, [symptom()])
    it.look(T0 + MINUTE, [symptom()])
    it.look(T0 + 2 * MINUTE, [])
    it.look(T0 + 3 * MINUTE, [])
    const [alert] = it.alerts()
    expect(alert).toMatchObject({ id: 1, state: 'resolved', firedAt: T0, resolvedAt: T0 + 2 * MINUTE })
    expect(alert?.events.map(({ state }) => state)).toEqual(['firing', 'resolved'])
    expect(it.words()).toEqual(['held:marts.a firing', 'held:marts.a resolved'])
  })

  test('one that needs two runs is pending at the first, whatever the number of looks at it', () => {
    const it = world()
    const slow = (run: number) => symptom({ kind: 'slow', run, confirmAfter: 2 })
    it.look(T0, [slow(5)])
    it.look(T0 + MINUTE, [slow(5)])
    expect(it.alerts()[0]).toMatchObject({ state: 'pending', occurrences: 1, firedAt: null })
    expect(it.words()).toEqual([])
    it.look(T0 + 2 * MINUTE, [slow(6)])
    expect(it.alerts()[0]).toMatchObject({ state: 'firing', occurrences: 2 })
    expect(it.alerts()[0]?.events.map(({ state }) => state)).toEqual(['pending', 'firing'])
    expect(it.words()).toEqual(['slow:marts.a firing'])
  })

  test('one that is gone before it was confirmed is told to nobody', () => {
    const it = world()
    it.look(T0, [symptom({ confirmAfter: 2 })])
    it.look(T0 + MINUTE, [])
    expect(it.alerts()[0]?.state).toBe('resolved')
    expect(it.words()).toEqual([])
  })

  test('an alert about which a look knows nothing new stays as it is', () => {
    const it = world()
    it.look(T0, [symptom()])
    const before = it.alerts()
    const { kept } = it.look(T0 + 99 * MINUTE, [], { isUndecided: () => true })
    expect(kept).toEqual([])
    expect(it.alerts()).toEqual(before)
  })

  test('the same trouble later is a new alert', () => {
    const it = world()
    it.look(T0, [symptom()])
    it.look(T0 + MINUTE, [])
    it.look(T0 + 2 * MINUTE, [symptom()])
    expect(it.alerts().map(({ id, state }) => [id, state])).toEqual([
      [1, 'resolved'],
      [2, 'firing'],
    ])
  })

  test('an acknowledged alert stays so while its trouble goes on, and is told once', () => {
    const it = world()
    it.look(T0, [symptom()])
    const mine = acknowledge(it.kept.get(1)!, { by: 'ana', note: 'on it', now: T0 + 1 })
    const { kept, tellings } = tell([mine], T0 + 1)
    it.put(kept)
    expect(tellings.map(({ state }) => state)).toEqual(['acknowledged'])
    it.look(T0 + MINUTE, [symptom({ run: 2, title: 'marts.a is held again' })])
    expect(it.alerts()[0]).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'ana',
      title: 'marts.a is held again',
      occurrences: 2,
    })
    it.look(T0 + 2 * MINUTE, [])
    expect(it.words()).toEqual(['held:marts.a firing', 'held:marts.a resolved'])
  })

  test('is as bad as it ever was, and who hears of worse things only hears when it gets worse', () => {
    const it = world()
    const bad = (severity: Severity, run: number) => symptom({ severity, run })
    it.look(T0, [bad('warning', 1)])
    it.look(T0 + MINUTE, [bad('critical', 2)])
    it.look(T0 + 2 * MINUTE, [bad('warning', 3)])
    it.look(T0 + 3 * MINUTE, [])
    expect(it.told.map(({ state, alert }) => [state, alert.severity])).toEqual([
      ['firing', 'warning'],
      ['firing', 'critical'],
      ['resolved', 'critical'],
    ])
  })

  test('a look that finds the same again within a minute writes nothing', () => {
    const it = world()
    it.look(T0, [symptom()])
    expect(it.look(T0 + 10_000, [symptom({ title: 'in other words' })]).kept).toEqual([])
    expect(it.look(T0 + MINUTE, [symptom({ title: 'in other words' })]).kept).toHaveLength(1)
    expect(it.look(T0 + MINUTE + 1, [symptom({ severity: 'critical' })]).kept).toHaveLength(1)
  })
})

describe('flapping', () => {
  test('is told twice, then once more that it comes and goes, and is over only after half an hour of calm', () => {
    const it = world()
    for (let minute = 0; minute < 40; minute++)
      it.look(T0 + minute * MINUTE, minute % 2 === 0 ? [symptom()] : [])
    expect(it.words()).toEqual([
      'held:marts.a firing',
      'held:marts.a resolved',
      'held:marts.a firing',
      'held:marts.a resolved',
      'held:marts.a firing',
    ])
    expect(it.alerts().at(-1)?.events.at(-1)?.note).toContain('comes and goes')
    it.look(T0 + 60 * MINUTE, [])
    expect(it.alerts().at(-1)).toMatchObject({
      state: 'firing',
      effect: expect.stringContaining('It is not there now.'),
    })
    it.look(T0 + 70 * MINUTE, [])
    expect(it.alerts().at(-1)?.state).toBe('resolved')
    expect(it.words()).toHaveLength(6)
  })

  test('has its own words again as soon as it is back', () => {
    const it = world()
    for (let minute = 0; minute < 6; minute++)
      it.look(T0 + minute * MINUTE, minute % 2 === 0 ? [symptom()] : [])
    it.look(T0 + 5 * MINUTE + 1_000, [symptom()])
    expect(it.alerts().at(-1)?.effect).toBe(symptom().effect)
  })
})

describe('silences', () => {
  test('keep everything back; what is over before they end is never told', () => {
    const it = world()
    it.silence(silenceOf())
    it.look(T0, [symptom()])
    expect(it.alerts()[0]).toMatchObject({ state: 'firing', silencedUntil: T0 + 60 * MINUTE })
    it.look(T0 + MINUTE, [])
    it.silence()
    it.look(T0 + 90 * MINUTE, [])
    expect(it.words()).toEqual([])
  })

  test('what still goes on when they end is told then', () => {
    const it = world()
    it.silence(silenceOf())
    it.look(T0, [symptom()])
    it.look(T0 + 60 * MINUTE, [symptom()])
    expect(it.told.map(({ state, at }) => [state, at])).toEqual([['firing', T0 + 60 * MINUTE]])
  })

  test('what was told before and ended meanwhile is told to be over when they end', () => {
    const it = world()
    it.look(T0, [symptom()])
    it.silence(silenceOf({ until: T0 + 120 * MINUTE }))
    it.look(T0 + MINUTE, [symptom()])
    it.look(T0 + 2 * MINUTE, [])
    expect(it.words()).toEqual(['held:marts.a firing'])
    it.look(T0 + 120 * MINUTE, [])
    expect(it.words()).toEqual(['held:marts.a firing', 'held:marts.a resolved'])
  })

  test('are for assets and kinds', () => {
    const it = world()
    it.silence(silenceOf({ assets: 'marts.*', kind: 'slow' }))
    it.look(T0, [
      symptom({ kind: 'slow' }),
      symptom({ kind: 'held' }),
      symptom({ kind: 'slow', asset: 'raw.a' }),
      symptom({ kind: 'project', asset: null, key: 'project' }),
    ])
    expect(it.words()).toEqual(['held:marts.a firing', 'slow:raw.a firing', 'project firing'])
  })
})

describe('causes', () => {
  const blame = {
    inputs: new Map([
      ['raw.r', []],
      ['staging.s', ['raw.r']],
      ['marts.m', ['staging.s']],
    ]),
    blamed: new Map([['marts.m', 'staging.s']]),
    reports: new Map(),
    away: new Map(),
  }
  const root = symptom({ asset: 'staging.s' })
  const blocked = symptom({ asset: 'marts.m', severity: 'warning' })

  test('what one upstream asset broke hangs below its alert, and only the root is told', () => {
    const it = world()
    it.look(T0, [blocked, root], { blame })
    expect(it.alerts().map(({ key, cause }) => [key, cause])).toEqual([
      ['held:marts.m', 2],
      ['held:staging.s', null],
    ])
    expect(it.words()).toEqual(['held:staging.s firing'])
    expect(it.told[0]?.caused.map(({ key }) => key)).toEqual(['held:marts.m'])
    it.look(T0 + MINUTE, [], { blame })
    expect(it.words()).toEqual(['held:staging.s firing', 'held:staging.s resolved'])
  })

  test('sources of one connection that is away are one trouble, and so is what waits to be delivered there', () => {
    const away = new Map([
      ['raw.a', 'app'],
      ['raw.b', 'app'],
      ['raw.c', 'other'],
    ])
    const it = world()
    const failed = [...away.keys()].map((asset) => symptom({ kind: 'failed', asset }))
    const waits = symptom({ kind: 'delivery', asset: 'marts.m', key: 'delivery:app' })
    it.look(T0, [waits, ...failed], { blame: { ...blame, away } })
    expect(it.alerts().map(({ key, cause }) => [key, cause])).toEqual([
      ['delivery:app', 2],
      ['failed:raw.a', null],
      ['failed:raw.b', 2],
      ['failed:raw.c', null],
    ])
    it.look(T0 + MINUTE, failed.slice(1), { blame: { ...blame, away } })
    expect(it.words()).toEqual([
      'failed:raw.a firing',
      'failed:raw.c firing',
      'failed:raw.a resolved',
      'failed:raw.b firing',
    ])
  })

  test('a report that is kept back hangs below what keeps it back', () => {
    const it = world()
    const report = symptom({ kind: 'report', asset: null, key: 'report:weekly' })
    it.look(T0, [root, report], { blame: { ...blame, reports: new Map([['weekly', 'staging.s']]) } })
    expect(it.words()).toEqual(['held:staging.s firing'])
    expect(it.told[0]?.caused.map(({ key }) => key)).toEqual(['report:weekly'])
  })

  test('one that persists when its root is resolved becomes a root and is told', () => {
    const it = world()
    it.look(T0, [root, blocked], { blame })
    it.look(T0 + MINUTE, [symptom({ asset: 'marts.m', run: 2 })], { blame: { ...blame, blamed: new Map() } })
    expect(it.alerts().map(({ key, state, cause }) => [key, state, cause])).toEqual([
      ['held:staging.s', 'resolved', null],
      ['held:marts.m', 'firing', null],
    ])
    expect(it.words()).toEqual(['held:staging.s firing', 'held:staging.s resolved', 'held:marts.m firing'])
  })

  test('one that nobody was told of yet explains nothing', () => {
    const it = world()
    it.look(
      T0,
      [
        symptom({ kind: 'rows', asset: 'raw.r', confirmAfter: 2 }),
        symptom({ kind: 'rows', asset: 'marts.m', confirmAfter: 1 }),
      ],
      { blame },
    )
    expect(it.alerts().map(({ cause }) => cause)).toEqual([null, null])
  })
})

/** What may come after what. */
const LEGAL: Readonly<Record<AlertState | 'none', readonly AlertState[]>> = {
  none: ['pending', 'firing'],
  pending: ['firing', 'acknowledged', 'resolved'],
  firing: ['acknowledged', 'resolved'],
  acknowledged: ['acknowledged', 'resolved'],
  resolved: [],
}

describe('whatever happens', () => {
  const kinds = ['held', 'failed', 'slow', 'late', 'rows'] as const
  const assets = ['a', 'b', 'c', 'd'] as const
  const inputs = new Map<string, readonly string[]>([
    ['a', []],
    ['b', ['a']],
    ['c', ['a', 'b']],
    ['d', ['c']],
  ])
  const trouble = fc.record({
    kind: fc.constantFrom(...kinds),
    asset: fc.constantFrom(...assets),
    run: fc.integer({ min: 1, max: 5 }),
    confirmAfter: fc.integer({ min: 1, max: 2 }),
    severity: fc.constantFrom('warning' as const, 'error' as const),
  })
  const moment = fc.record({
    afterMs: fc.integer({ min: 1, max: 20 * MINUTE }),
    troubles: fc.array(trouble, { maxLength: 6 }),
    acknowledged: fc.option(fc.nat(20)),
    silenced: fc.option(fc.record({ asset: fc.constantFrom('*', ...assets), forMs: fc.nat(60 * MINUTE) })),
    blamed: fc.array(fc.tuple(fc.constantFrom(...assets), fc.constantFrom(...assets)), { maxLength: 3 }),
    undecided: fc.constantFrom(...kinds, null),
  })

  test('there is one open alert a key at most, no illegal step, one message a change of state, none while silenced', () => {
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 40 }), (moments) => {
        const it = world()
        let now = T0
        const silences: Silence[] = []
        for (const { afterMs, troubles, acknowledged, silenced, blamed, undecided } of moments) {
          now += afterMs
          if (silenced)
            silences.push(
              silenceOf({
                id: silences.length,
                assets: silenced.asset,
                createdAt: now,
                until: now + silenced.forMs,
              }),
            )
          it.silence(...silences)
          const keyed = new Map(troubles.map((one) => [`${one.kind}:${one.asset}`, symptom(one)]))
          it.look(now, [...keyed.values()], {
            blame: { inputs, blamed: new Map(blamed), reports: new Map(), away: new Map() },
            isUndecided: ({ kind }) => kind === undecided,
          })
          const mine = acknowledged === null ? undefined : it.kept.get(acknowledged)
          if (mine && mine.alert.state !== 'resolved') {
            const others = [...it.kept.values()].filter((each) => each !== mine)
            const after = tell([acknowledge(mine, { by: 'ana', note: '', now }), ...others], now)
            const own = after.kept.filter(({ alert }) => alert.id === mine.alert.id)
            it.put(own)
            it.told.push(
              ...after.tellings
                .filter(({ alert }) => alert.id === mine.alert.id)
                .map((one) => ({ ...one, at: now })),
            )
          }
          const open = it.alerts().filter(({ state }) => state !== 'resolved')
          expect(new Set(open.map(({ key }) => key)).size).toBe(open.length)
          // Everything that is wrong has its alert.
          for (const key of keyed.keys()) expect(open.some((alert) => alert.key === key)).toBe(true)
          for (const { id, cause } of open) {
            const above = cause === null ? null : it.kept.get(cause)!.alert
            expect(above === null || (above.id !== id && above.cause === null)).toBe(true)
            expect(above === null || above.state === 'firing' || above.state === 'acknowledged').toBe(true)
          }
        }
        for (const { events, state, id } of it.alerts()) {
          let before: AlertState | 'none' = 'none'
          for (const event of events) {
            expect(LEGAL[before]).toContain(event.state)
            before = event.state
          }
          expect(before).toBe(state)
          const tellings = it.told.filter(({ alert }) => alert.id === id)
          // What got worse is told to fire again: to those who heard nothing of it yet.
          const each = tellings.map(
            (one) => `${one.state} ${one.state === 'firing' ? one.alert.severity : ''}`,
          )
          expect(new Set(each).size).toBe(each.length)
          expect(tellings.length === 0 || tellings[0]!.state === 'firing').toBe(true)
          expect(tellings.findIndex((one) => one.state === 'resolved')).toBe(
            tellings.some((one) => one.state === 'resolved') ? tellings.length - 1 : -1,
          )
        }
        for (const { at, alert } of it.told) {
          const silencing = silences.filter(
            ({ assets: glob, createdAt, until }) =>
              (glob === '*' || glob === alert.asset) && createdAt <= at && until > at,
          )
          expect(silencing).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  test('the same look twice changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(trouble, { maxLength: 8 }), (troubles) => {
        const it = world()
        const symptoms = [
          ...new Map(troubles.map((one) => [`${one.kind}:${one.asset}`, symptom(one)])).values(),
        ]
        const blame = { inputs, blamed: new Map(), reports: new Map(), away: new Map() }
        it.look(T0, symptoms, { blame })
        const told = it.told.length
        expect(it.look(T0, symptoms, { blame }).kept).toEqual([])
        expect(it.told).toHaveLength(told)
      }),
    )
  })
})
