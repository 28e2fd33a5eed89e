import { describe, expect, test } from 'vitest'
import { ganttOf, neighbours } from '../../../console/src/words/gantt.js'
import type { RunDetail } from '../../../src/app/api/shapes.js'
import type { StepRecord } from '../../../src/domain/run.js'

const step = (
  asset: string,
  startedAt: number,
  durationMs: number,
  part: Partial<StepRecord> = {},
): StepRecord => ({
  asset,
  status: 'released',
  reason: '',
  startedAt,
  durationMs,
  rows: 1,
  ranges: [],
  attempts: 1,
  error: null,
  candidate: null,
  judgedRelease: null,
  checks: [],
  metrics: [],
  ...part,
})

const detail = (part: Partial<RunDetail>, finishedAt: number | null = null): RunDetail => ({
  run: {
    run: 1,
    status: finishedAt === null ? 'running' : 'done',
    environment: 'prod',
    startedAt: 1_000,
    finishedAt,
    release: null,
    trigger: '',
  },
  steps: [],
  running: [],
  waiting: [],
  release: null,
  deliveries: [],
  inputs: {},
  ...part,
})

describe('the steps over time', () => {
  test('stand where they were, on a scale that ends with the run', () => {
    const gantt = ganttOf(
      detail({ steps: [step('a.b', 3_000, 1_000), step('a.a', 1_000, 2_000)] }, 5_000),
      99_000,
    )
    expect(gantt.lengthMs).toBe(4_000)
    expect(gantt.rows.map(({ asset, bar }) => [asset, bar!.left, bar!.width])).toEqual([
      ['a.a', 0, 0.5],
      ['a.b', 0.5, 0.25],
    ])
    expect(gantt.ticks.map(({ ms }) => ms)).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  })

  test('say how much of a bar was building and how much checking', () => {
    const steps = [step('a.a', 1_000, 1_000, { metrics: [{ name: 'check_ms', value: 250 }] })]
    expect(ganttOf(detail({ steps }, 2_000), 0).rows[0]!.bar!.built).toBe(0.75)
  })

  test('give a skipped step no bar but its reason', () => {
    const steps = [step('a.a', 1_000, 0, { status: 'skipped', reason: 'a.b was held.' })]
    expect(ganttOf(detail({ steps }, 2_000), 0).rows[0]).toMatchObject({
      bar: null,
      durationMs: null,
      reason: 'a.b was held.',
    })
  })

  test('grow while they go on, on a scale that stays until it is full', () => {
    const running = [
      { asset: 'a.a', startedAt: 1_000, phase: 'building' as const, percent: 40, rows: null, usualMs: 3_000 },
    ]
    const at = (now: number) => ganttOf(detail({ running, waiting: ['a.b'] }), now)
    expect(at(3_100).lengthMs).toBe(at(3_900).lengthMs)
    expect(at(3_100).rows[0]!.bar!.width).toBeLessThan(at(3_900).rows[0]!.bar!.width)
    expect(at(3_100).rows[0]!.usualEnd).toBe(3_000 / at(3_100).lengthMs)
    expect(at(3_100).rows[1]).toMatchObject({ asset: 'a.b', state: 'waiting', bar: null })
  })

  test('stand still once they have passed', () => {
    const running = [
      {
        asset: 'a.a',
        startedAt: 1_000,
        phase: 'passed' as const,
        percent: null,
        rows: 5,
        usualMs: 9_000,
        passedAfterMs: 500,
      },
    ]
    const later = ganttOf(detail({ running }), 60_000)
    expect(later.rows[0]!.durationMs).toBe(500)
    expect(later.rows[0]!.bar!.width * later.lengthMs).toBeCloseTo(500)
  })

  test('have few round ticks, for runs of milliseconds and of days', () => {
    for (const length of [3, 90, 7_000, 61_000, 3_700_000, 100_000_000]) {
      const { ticks } = ganttOf(detail({ steps: [step('a.a', 1_000, length)] }, 1_000 + length), 0)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.length).toBeLessThanOrEqual(8)
    }
  })

  test('know what they read and what reads them in this run', () => {
    const near = neighbours({ 'a.b': ['a.a'], 'a.c': ['a.b'], 'a.a': [] }, 'a.b')
    expect([[...near.inputs], [...near.readers]]).toEqual([['a.a'], ['a.c']])
  })
})
