import { expect, test } from 'vitest'
import type { DeliveryRecord } from '../../src/domain/delivery.js'
import { findSymptoms } from '../../src/watch/find-symptoms.js'
import type { Look } from '../../src/watch/look.js'
import { assetOf, lookOf, MINUTE, stepOf, T0 } from './given.js'

const said = (change: Partial<Look>) =>
  findSymptoms(lookOf({ assets: [assetOf('marts.a')], ...change })).map(
    ({ key, severity, title, effect }) => `${key} (${severity}): ${title}. ${effect}`,
  )

const delivery = (target: string, change: Partial<DeliveryRecord & { since: number }>) => ({
  delivery: `marts.a>app:${target}`,
  asset: 'marts.a',
  connection: 'app',
  target,
  delivered: 7,
  wanted: 8,
  needsAll: false,
  status: 'waiting' as const,
  inserted: 0,
  updated: 0,
  deleted: 0,
  durationMs: 0,
  attempts: 3,
  error: 'Cannot reach app at db:5432.\nmore',
  since: T0 - 30 * MINUTE,
  ...change,
})

test('a step that crept up says against when, from what, and for how many rows', () => {
  const DAY = 24 * 60 * MINUTE
  const crept = { value: 33_000, reference: 20_000, since: T0 - 49 * DAY, sizeRatio: 1.04 }
  expect(said({ slowdowns: new Map([['marts.a', crept]]) })).toEqual([
    'slowdown:marts.a (warning): marts.a takes 33.0 s, +65 % against the usual of 7 weeks ago (20.0 s), for 4 % more rows. It got slower step by step; its rows and all that is built from them come later than they did.',
  ])
  expect(said({ slowdowns: new Map([['marts.a', null]]) })).toEqual([])
})

test('what was only kept back is no trouble any more once that came out well, though it is not built yet', () => {
  const assets = ['raw.r', 'marts.a', 'marts.b'].map((name) => assetOf(name))
  const kept = (asset: string, by: string) =>
    [
      asset,
      stepOf(asset, { status: 'skipped', reason: `${by}, which it reads, was skipped`, run: 5 }),
    ] as const
  const keys = (raw: Partial<ReturnType<typeof stepOf>> | object) =>
    said({
      assets,
      latest: new Map([
        ['raw.r', stepOf('raw.r', raw)],
        kept('marts.a', 'raw.r'),
        kept('marts.b', 'marts.a'),
      ]),
    }).map((text) => text.split(' ')[0])
  expect(keys({ run: 5, status: 'failed' })).toEqual(['failed:raw.r', 'held:marts.a', 'held:marts.b'])
  expect(keys({ run: 6, status: 'failed' })).toEqual(['failed:raw.r', 'held:marts.a', 'held:marts.b'])
  expect(keys({ run: 6 })).toEqual([])
})

test('a quiet project has none', () => {
  expect(said({ latest: new Map([['marts.a', stepOf('marts.a')]]) })).toEqual([])
})

test('a failed step says what readers see, in the project’s time zone', () => {
  const error = { code: 'X', message: 'Division by zero.\nat line 3', hint: 'Look at line 3.' }
  expect(
    said({
      latest: new Map([['marts.a', stepOf('marts.a', { status: 'failed', error })]]),
      released: new Map([['marts.a', { release: 811, at: Date.UTC(2026, 5, 1, 9, 15) }]]),
      now: Date.UTC(2026, 5, 1, 12),
    }),
  ).toEqual([
    'failed:marts.a (error): marts.a failed: Division by zero. Readers still see release 811 (10:15).',
  ])
})

test('a connection that is away is one trouble, after five minutes; a refusal is one for each target', () => {
  const deliveries = [
    delivery('public.a', {}),
    delivery('public.b', {}),
    delivery('public.c', { status: 'refused', error: 'Column x is missing.' }),
    delivery('public.d', { status: 'held' }),
    delivery('public.e', { connection: 'other', since: T0 - MINUTE }),
  ]
  expect(said({ deliveries })).toEqual([
    'delivery:marts.a>app:public.c (error): app refused public.c: Column x is missing. public.c still shows release 7, not 8.',
    'delivery:marts.a>app:public.d (warning): public.d is not delivered: a check of marts.a holds it. public.d still shows release 7, not 8.',
    'delivery:app (error): public.a, public.b have waited 30 min for app: Cannot reach app at db:5432. What app shows is from before 09:45.',
  ])
})

test('a moment of the schedule is late or was never begun, each after its own grace', () => {
  const tick = (state: 'waiting' | 'running', minutes: number, usualMs: number | null = null) =>
    said({ ticks: [{ asset: 'marts.a', at: T0 - minutes * MINUTE, state, run: null, usualMs }] })
  expect(tick('waiting', 2)).toEqual([])
  expect(tick('waiting', 3)[0]).toContain('marts.a was to be built at 10:12, 3 min ago, and was not begun')
  expect(tick('running', 10)).toEqual([])
  expect(tick('running', 11)[0]).toContain('marts.a is late: due at 10:04, not done after 11 min')
  expect(tick('running', 11, 5 * MINUTE)).toEqual([])
  expect(tick('running', 16, 5 * MINUTE)[0]).toContain('it usually takes 5 min')
})

test('scheduled runs that could not be made are one trouble', () => {
  const tick = (asset: string) =>
    ({ asset, at: T0, state: 'broken', run: null, usualMs: null, reason: 'The disk is full.' }) as const
  expect(said({ ticks: [tick('marts.a')] })).toEqual([
    'never_started:runs (error): The scheduled run of marts.a could not be made: The disk is full. Readers still see what was released before.',
  ])
  expect(said({ ticks: [tick('marts.a'), tick('marts.b')] })[0]).toContain('of marts.a and 1 more could not')
})

test('a step over its budget is told with what is usual', () => {
  expect(
    said({
      assets: [{ ...assetOf('marts.a'), budgetMs: 30_000 }],
      latest: new Map([['marts.a', stepOf('marts.a', { durationMs: 95_000 })]]),
    }),
  ).toEqual([
    'budget:marts.a (warning): marts.a took 1 min 35 s, its budget is 30.0 s. Its rows and all that is built from them come later than its author allows.',
  ])
})

test('all tenants of a report are one trouble', () => {
  const record = (tenant: string, status: 'failed' | 'held' | 'rendered') => ({
    report: 'weekly',
    tenant,
    period: '2026-W09',
    status,
    release: 7,
    at: T0,
    durationMs: 1,
    file: null,
    bytes: 0,
    message: 'marts.a is held.',
  })
  expect(
    said({ reports: [record('acme', 'held'), record('bolt', 'held'), record('core', 'rendered')] }),
  ).toEqual([
    'report:weekly (warning): Report weekly for 2 tenants is held: marts.a is held. Customers keep the last good one.',
  ])
  expect(said({ reports: [record('acme', 'rendered')] })).toEqual([])
})
