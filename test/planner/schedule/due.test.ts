import { describe, expect, test } from 'vitest'
import type { CatchUp } from '../../../src/domain/schedule.js'
import { type DueMoment, dueActions } from '../../../src/planner/schedule/due.js'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5, 9)
/** Minutes after nine. */
const at = (minute: number) => START + minute * MINUTE
const actions = (catchUp: CatchUp, moment: { settled: number; now: number; missedUntil: number }) => {
  const { settled, now, missedUntil }: DueMoment = {
    settled: at(moment.settled),
    now: at(moment.now),
    missedUntil: at(moment.missedUntil),
  }
  const schedule = { kind: 'cron', pattern: '*/10 * * * *', catchUp } as const
  return dueActions(schedule, 'UTC', { settled, now, missedUntil }).map(
    ({ kind, since, at: until, missed }) => [
      kind,
      (since - START) / MINUTE,
      (until - START) / MINUTE,
      missed,
    ],
  )
}

describe('due', () => {
  test('is nothing before the next tick', () => {
    expect(actions('latest', { settled: 0, now: 9, missedUntil: 0 })).toEqual([])
  })
  test('is one tick at its time', () => {
    for (const catchUp of ['latest', 'all', 'none'] as const)
      expect(actions(catchUp, { settled: 0, now: 10, missedUntil: 0 })).toEqual([['run', 10, 10, false]])
  })
  test('are several that came while a run went on: one run for all, whatever the catch-up', () => {
    for (const catchUp of ['latest', 'all', 'none'] as const)
      expect(actions(catchUp, { settled: 0, now: 45, missedUntil: 0 })).toEqual([['run', 10, 40, false]])
  })
})

describe('what was missed', () => {
  const missed = { settled: 0, now: 45, missedUntil: 35 }
  test('is one run for all of it, with what came since', () => {
    expect(actions('latest', missed)).toEqual([['run', 10, 40, false]])
    expect(actions('latest', { ...missed, now: 35 })).toEqual([['run', 10, 30, true]])
  })
  test('is one run each, oldest first, then one for what came since', () => {
    expect(actions('all', missed)).toEqual([['run', 10, 10, true]])
    expect(actions('all', { ...missed, settled: 20 })).toEqual([['run', 30, 30, true]])
    expect(actions('all', { ...missed, settled: 30 })).toEqual([['run', 40, 40, false]])
  })
  test('is left out, and what came since is run', () => {
    expect(actions('none', missed)).toEqual([
      ['leave_out', 10, 30, true],
      ['run', 40, 40, false],
    ])
    expect(actions('none', { ...missed, now: 38 })).toEqual([['leave_out', 10, 30, true]])
  })
})
