import { describe, expect, test } from 'vitest'
import { applyToOverview } from '../../../console/src/api/overview-events.js'
import { applyToRun } from '../../../console/src/api/run-events.js'
import type { Overview, RunDetail } from '../../../src/app/api/shapes.js'
import type { StepRecord, StepStatus } from '../../../src/domain/run.js'
import type { RunEvent } from '../../../src/executor/events.js'

const record = (asset: string, status: StepStatus): StepRecord => ({
  asset,
  status,
  reason: '',
  startedAt: 100,
  durationMs: 250,
  rows: 7,
  ranges: [],
  attempts: 1,
  error: null,
  candidate: null,
  judgedRelease: null,
  checks: [],
  metrics: [],
})

const begun: RunDetail = {
  run: {
    run: 9,
    status: 'running',
    environment: 'prod',
    startedAt: 0,
    finishedAt: null,
    release: null,
    trigger: '',
  },
  steps: [],
  running: [],
  waiting: ['a.a', 'a.b'],
  release: null,
  deliveries: [],
  inputs: { 'a.a': [], 'a.b': ['a.a'] },
}

const told = (...events: readonly RunEvent[]): RunDetail =>
  events.reduce((detail, event, index) => applyToRun(detail, event, 100 * (index + 1)), begun)

describe('a run follows its events', () => {
  test('from waiting over building, checking and passed to its end', () => {
    const started: RunEvent = { kind: 'step-started', asset: 'a.a', usualMs: 300 }
    const progress: RunEvent = { kind: 'step-progress', asset: 'a.a', percent: 40 }
    const checking: RunEvent = { kind: 'step-checking', asset: 'a.a', rows: 7 }
    const passed: RunEvent = {
      kind: 'step-finished',
      asset: 'a.a',
      status: 'passed',
      record: record('a.a', 'released'),
    }
    const released: RunEvent = { ...passed, status: 'released' }
    expect(told(started)).toMatchObject({
      waiting: ['a.b'],
      running: [{ asset: 'a.a', startedAt: 100, phase: 'building' }],
    })
    expect(told(started, progress).running).toMatchObject([{ percent: 40, rows: null }])
    expect(told(started, progress, checking).running).toMatchObject([
      { phase: 'checking', percent: null, rows: 7 },
    ])
    expect(told(started, passed)).toMatchObject({
      steps: [],
      running: [{ phase: 'passed', passedAfterMs: 250 }],
    })
    expect(told(started, passed, released)).toMatchObject({
      steps: [{ asset: 'a.a', status: 'released' }],
      running: [],
    })
  })

  test('takes an event that comes twice once', () => {
    const started: RunEvent = { kind: 'step-started', asset: 'a.a', usualMs: null }
    const ended: RunEvent = {
      kind: 'step-finished',
      asset: 'a.a',
      status: 'held',
      record: record('a.a', 'held'),
    }
    expect(told(started, started).running).toHaveLength(1)
    expect(told(started, ended, ended).steps).toHaveLength(1)
  })

  test('has nothing going on or waiting once it is over', () => {
    const detail = told(
      { kind: 'step-started', asset: 'a.a', usualMs: null },
      { kind: 'run-finished', run: 9, status: 'cancelled', release: null, durationMs: 5 },
    )
    expect(detail).toMatchObject({ running: [], waiting: [], run: { status: 'cancelled', finishedAt: 200 } })
  })

  test('is the same object after an event that says nothing about it', () => {
    expect(applyToRun(begun, { kind: 'step-log', asset: 'a.a', level: 'info', message: '' }, 1)).toBe(begun)
    expect(applyToRun(begun, { kind: 'step-progress', asset: 'a.x', percent: 3 }, 1)).toBe(begun)
  })
})

describe('the overview follows its events', () => {
  const overview = {
    environment: 'prod',
    running: [],
    strip: {
      start: 0,
      slotMs: 100,
      slots: 3,
      more: 0,
      rows: [{ asset: 'a.a', cells: [{ status: 'released', run: 1, steps: 1 }, null, null] }],
    },
  } as unknown as Overview

  test('a step that goes on is seen at its place in time, and how it ended replaces it', () => {
    const going = applyToOverview(overview, 9, { kind: 'step-started', asset: 'a.a', usualMs: null }, 250)
    expect(going.strip.rows[0]!.cells[2]).toMatchObject({ status: 'running', run: 9 })
    const held = {
      kind: 'step-finished',
      asset: 'a.a',
      status: 'held',
      record: record('a.a', 'held'),
    } as const
    expect(applyToOverview(going, 9, held, 260).strip.rows[0]!.cells[2]).toMatchObject({
      status: 'held',
      run: 9,
    })
  })

  test('the strip moves on with time', () => {
    const moved = applyToOverview(
      overview,
      9,
      { kind: 'step-started', asset: 'a.a', usualMs: null },
      330,
    ).strip
    expect(moved.start).toBe(100)
    expect(moved.rows[0]!.cells.map((cell) => cell?.status ?? null)).toEqual([null, null, 'running'])
  })

  test('a worse end of an earlier run in the same slot is not painted over', () => {
    const end = (status: StepStatus): RunEvent => ({
      kind: 'step-finished',
      asset: 'a.a',
      status,
      record: record('a.a', status),
    })
    const held = applyToOverview(overview, 8, end('held'), 210)
    expect(applyToOverview(held, 9, end('released'), 220).strip.rows[0]!.cells[2]).toMatchObject({
      status: 'held',
      run: 8,
      steps: 2,
    })
  })
})
