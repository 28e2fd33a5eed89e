import { describe, expect, test } from 'vitest'
import { rerunCommand, rerunSelection, runSentence, worstStep } from '../../../console/src/words/run-words.js'
import type { RunDetail } from '../../../src/app/api/shapes.js'
import type { RunStatus, StepStatus } from '../../../src/domain/run.js'

const detail = (status: RunStatus, steps: Readonly<Record<string, StepStatus>>): RunDetail => ({
  run: {
    run: 812,
    status,
    environment: 'prod',
    startedAt: 0,
    finishedAt: status === 'running' ? null : 9_800,
    release: null,
    trigger: '',
  },
  steps: Object.entries(steps).map(([asset, stepStatus]) => ({
    asset,
    status: stepStatus,
    reason: '',
    startedAt: 0,
    durationMs: 1,
    rows: null,
    ranges: [],
    attempts: 1,
    error: null,
    candidate: null,
    judgedRelease: null,
    checks: [],
    metrics: [],
  })),
  running: [],
  waiting: status === 'running' ? ['a.z'] : [],
  release: null,
  deliveries: [],
  inputs: {},
})

describe('a run in words', () => {
  test('tells how it ended, after how long, and what became of its steps', () => {
    expect(runSentence(detail('held', { 'a.a': 'released', 'a.b': 'held', 'a.c': 'skipped' }), 0)).toBe(
      'Rows were held; over after 9.8 s: 1 released, 1 held, 1 skipped.',
    )
    expect(runSentence(detail('done', {}), 0)).toBe('Done in 9.8 s, nothing was to be done.')
  })

  test('tells how far it is while it goes on', () =>
    expect(runSentence(detail('running', { 'a.a': 'unchanged' }), 3_000)).toBe(
      'Runs for 3 s: 1 of 2 steps built.',
    ))

  test('is done again for what broke, or as a whole where nothing did', () => {
    const broken = detail('held', { 'a.a': 'released', 'a.b': 'held', 'a.c': 'skipped' })
    expect(rerunSelection(broken)).toBe('a.b+')
    expect(rerunCommand('a.b a.c')).toBe("millrace run --select 'a.b a.c'")
    expect(rerunSelection(detail('done', { 'a.a': 'released' }))).toBe('a.a')
    expect(rerunCommand(rerunSelection(detail('done', {})))).toBe('millrace run')
  })

  test('opens at what failed before what was held', () => {
    expect(worstStep(detail('failed', { 'a.a': 'held', 'a.b': 'failed' }))).toBe('a.b')
    expect(worstStep(detail('done', { 'a.a': 'released' }))).toBeNull()
  })
})
