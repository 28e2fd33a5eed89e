import { describe, expect, test } from 'vitest'
import { createHabits } from '../../../src/app/watch/habits.js'
import { createWatchMemory } from '../../../src/app/watch/watch-memory.js'
import { localHours } from '../../../src/detect/calendar-slots.js'
import { findSymptoms } from '../../../src/watch/find-symptoms.js'
import type { Look } from '../../../src/watch/look.js'
import { isUndecided } from '../../../src/watch/undecided.js'
import { assetOf, lookOf, NOBODY, stepOf, world } from '../../watch/given.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONDAY = Date.UTC(2026, 0, 5)

/** Repeatable noise, near normal, of mean 0 and deviation 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6)
}

type Simulated = Readonly<{
  days: number
  everyMs: number
  /** Metrics of the step at a moment; null: nothing new came, no step released anything. */
  step: (at: number, index: number) => Readonly<Record<string, number>> | null
}>

/** Looks after every run of one asset, as a server does, and what was told of it. */
function simulate({ days, everyMs, step }: Simulated, timezone = 'Europe/Dublin') {
  const it = world()
  const memory = createWatchMemory()
  const habits = createHabits()
  const localHour = localHours(timezone)
  let releases = 0
  let releasedAt = 0
  let run = 0
  for (let at = MONDAY; at < MONDAY + days * DAY; at += everyMs) {
    run++
    const metrics = step(at, run - 1)
    const series = Object.entries(metrics ?? {}).map(([metric, value]) => ({
      metric,
      points: [{ run, at, value }],
    }))
    if (metrics) {
      habits.learn('marts.a', [at], localHour)
      releases++
      releasedAt = at
    }
    const habit = habits.habitOf('marts.a')
    const look: Look = lookOf({
      now: at,
      timezone,
      assets: [assetOf('marts.a')],
      latest: new Map([['marts.a', stepOf('marts.a', { run, status: metrics ? 'released' : 'unchanged' })]]),
      released: new Map([['marts.a', { release: releases, at: releasedAt }]]),
      measured: metrics ? new Map([['marts.a', memory.learn('marts.a', series, timezone)]]) : new Map(),
      habits: habit ? new Map([['marts.a', habit]]) : new Map(),
    })
    it.look(at, findSymptoms(look), { blame: NOBODY, isUndecided: (alert) => isUndecided(alert, look) })
  }
  const fired = it.told.filter(({ state }) => state === 'firing')
  return { fired: fired.map(({ alert, at }) => ({ key: alert.key, title: alert.title, at })), runs: run, it }
}

const seeds = Array.from({ length: 5 }, (_one, index) => index + 1)
/** Alerts fired in all simulations of one kind. */
const firedIn = (make: (random: () => number) => Simulated) =>
  seeds.flatMap((seed) => simulate(make(noise(seed * 7919))).fired)

describe('in simulated weeks', () => {
  test('an asset that runs every quarter of an hour, unevenly, raises no alert in four weeks', () => {
    const fired = firedIn((random) => ({
      days: 28,
      everyMs: 15 * MINUTE,
      step: () => ({
        duration_ms: 2000 * Math.exp(0.25 * random()),
        rows_out: Math.round(5000 * Math.exp(0.1 * random())),
        freshness_ms: 60_000 * Math.exp(0.3 * random()),
        'check:not_null:id': 0,
      }),
    }))
    expect(fired).toEqual([])
  })

  test('a duration that doubles for good is told once, within two runs, and over once it is usual', () => {
    const changed = MONDAY + 10 * DAY
    for (const seed of seeds) {
      const random = noise(seed)
      const { fired, it } = simulate({
        days: 14,
        everyMs: 15 * MINUTE,
        step: (at) => ({ duration_ms: (at < changed ? 20_000 : 42_000) * Math.exp(0.08 * random()) }),
      })
      expect(fired.map(({ key }) => key)).toEqual(['slow:marts.a'])
      expect(fired[0]!.at - changed).toBeLessThanOrEqual(15 * MINUTE)
      expect(it.alerts().every(({ state }) => state === 'resolved')).toBe(true)
    }
  })

  test('a run that takes ten times as long is told at once', () => {
    const random = noise(3)
    const slow = MONDAY + 5 * DAY
    const { fired } = simulate({
      days: 6,
      everyMs: HOUR,
      step: (at) => ({ duration_ms: (at === slow ? 200_000 : 20_000) * Math.exp(0.1 * random()) }),
    })
    expect(fired).toMatchObject([{ key: 'slow:marts.a', at: slow }])
    expect(fired[0]?.title).toMatch(
      /^marts\.a took 3 min \d+ s, (9|1\d)(\.\d)? times the usual \(\d+\.\d s\)$/,
    )
  })

  test('rows that halve on Sundays raise no alert, hourly or daily, in eight weeks', () => {
    const isSunday = (at: number) => new Date(at).getUTCDay() === 0
    const sundays = (everyMs: number) =>
      firedIn((random) => ({
        days: 56,
        everyMs,
        step: (at) => ({ rows_out: Math.round((isSunday(at) ? 5_000 : 10_000) * (1 + 0.04 * random())) }),
      }))
    expect(sundays(DAY)).toEqual([])
    // Nobody knows of Sundays at the first one: it is told, and the second is not.
    const hourly = sundays(HOUR)
    expect(hourly.filter(({ at }) => at > MONDAY + 14 * DAY)).toEqual([])
    expect(hourly.length).toBeLessThanOrEqual(2 * seeds.length)
  })

  test('a Sunday’s rows on a Wednesday are told', () => {
    const wednesday = MONDAY + 44 * DAY
    const isQuiet = (at: number) =>
      new Date(at).getUTCDay() === 0 || (at >= wednesday && at < wednesday + DAY)
    const random = noise(11)
    const { fired } = simulate({
      days: 49,
      everyMs: HOUR,
      step: (at) => ({ rows_out: Math.round((isQuiet(at) ? 5_000 : 10_000) * (1 + 0.04 * random())) }),
    })
    const later = fired.filter(({ at }) => at > MONDAY + 14 * DAY)
    expect(later).toMatchObject([{ key: 'rows:marts.a' }])
    expect(later[0]!.at - wednesday).toBeLessThanOrEqual(2 * HOUR)
  })

  test('a table that grows raises no alert in a year, nor does its rebuild that takes longer and longer', () => {
    const fired = firedIn((random) => ({
      days: 365,
      everyMs: DAY,
      step: (_at, index) => ({
        rows_out: Math.round(10_000 * 1.01 ** index * (1 + 0.01 * random())),
        duration_ms: 3_000 * 1.008 ** index * Math.exp(0.1 * random()),
      }),
    }))
    expect(fired).toEqual([])
  })

  test('no rows where there always were some is told at once', () => {
    const random = noise(4)
    const { fired } = simulate({
      days: 7,
      everyMs: HOUR,
      step: (_at, index) => ({ rows_out: index === 150 ? 0 : Math.round(800 * (1 + 0.1 * random())) }),
    })
    expect(fired.map(({ title }) => title)).toMatchObject([
      /^marts\.a brought 0 rows, −100 % against the usual/,
    ])
  })

  test('rows that stop coming are told, though nothing fails; nights without any are not', () => {
    const stopped = MONDAY + 10 * DAY + 12 * HOUR
    for (const seed of seeds) {
      const random = noise(seed)
      const { fired } = simulate(
        {
          days: 11,
          everyMs: 10 * MINUTE,
          step: (at) => {
            const hour = new Date(at).getUTCHours()
            if (hour < 6 || hour >= 22 || at >= stopped) return null
            return { rows_out: Math.round(500 * Math.exp(0.2 * random())) }
          },
        },
        'UTC',
      )
      expect(fired.map(({ key }) => key)).toEqual(['freshness:marts.a'])
      expect(fired[0]!.at).toBeGreaterThan(stopped)
      expect(fired[0]!.at - stopped).toBeLessThanOrEqual(HOUR)
    }
  })

  test('a check whose failing fraction creeps in is told', () => {
    const random = noise(6)
    const { fired } = simulate({
      days: 10,
      everyMs: HOUR,
      step: (at) => ({
        'check:not_null:id': at < MONDAY + 8 * DAY ? 0.02 + 0.002 * Math.abs(random()) : 0.15,
      }),
    })
    expect(fired.map(({ title }) => title)).toMatchObject([
      /^marts\.a: check not_null:id measured 15 %, usually 2/,
    ])
  })
})

test('what was learned is asked for again without being learned twice', () => {
  const memory = createWatchMemory()
  const series = [
    {
      metric: 'duration_ms',
      points: Array.from({ length: 40 }, (_one, index) => ({
        run: index + 1,
        at: MONDAY + index * HOUR,
        value: index === 39 ? 60_000 : 1_000 + index,
      })),
    },
  ]
  const first = memory.learn('marts.a', series, 'UTC')
  expect(first).toMatchObject([{ run: 40, streak: 1 }])
  expect(memory.learnedTo('marts.a')).toBe(40)
  expect(memory.learn('marts.a', [], 'UTC')).toEqual(first)
  expect(memory.learn('marts.a', series, 'UTC')).toEqual(first)
  memory.keepOnly(new Set())
  expect(memory.learnedTo('marts.a')).toBe(0)
})
