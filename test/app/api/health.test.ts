import { describe, expect, test } from 'vitest'
import { type Evidence, standingOf } from '../../../src/app/api/health.js'
import { ticksAround } from '../../../src/app/api/ticks.js'
import { latest, MINUTE, NOW, released } from './standing.js'

const cron = (pattern: string) => ({ kind: 'cron', pattern, catchUp: 'latest' }) as const
const HOURLY = cron('0 * * * *')

function health(change: Partial<Evidence>, now = NOW, timezone = 'UTC') {
  const evidence: Evidence = {
    released: released(),
    latest: latest(),
    schedule: { kind: 'never' },
    freshness: null,
    ...change,
  }
  return standingOf(evidence, ticksAround(now, timezone), now)
}

describe('how an asset stands', () => {
  test('as its latest step ended, where that was held or failed, released before or not', () => {
    for (const status of ['held', 'failed'] as const) {
      expect(health({ latest: latest({ status }) }).health).toBe(status)
      expect(health({ latest: latest({ status }), released: null }).health).toBe(status)
    }
  })

  test('never, before its first release', () => {
    expect(health({ released: null, latest: null }).health).toBe('never')
    expect(health({ released: null, latest: latest({ status: 'skipped' }) }).health).toBe('never')
  })

  test('fresh without a schedule, however long ago it was built', () => {
    expect(health({ latest: latest({ startedAt: 0 }) })).toEqual({ health: 'fresh', lateSince: null })
  })

  test('fresh when a step that changed nothing answered its tick', () => {
    const answered = latest({ status: 'unchanged', startedAt: NOW + 1_000 })
    expect(health({ schedule: HOURLY, latest: answered }, NOW + 30 * MINUTE).health).toBe('fresh')
  })

  test('late since its tick, once the grace is over', () => {
    const before = latest({ startedAt: NOW - 60 * MINUTE + 1_000 })
    expect(health({ schedule: HOURLY, latest: before }, NOW + 59_000).health).toBe('fresh')
    expect(health({ schedule: HOURLY, latest: before }, NOW + 61_000)).toEqual({
      health: 'late',
      lateSince: NOW,
    })
  })

  test('the grace is three usual durations of what takes long', () => {
    const slow = latest({ startedAt: NOW - 60 * MINUTE, durations: [5 * MINUTE, 5 * MINUTE, 1] })
    expect(health({ schedule: HOURLY, latest: slow }, NOW + 14 * MINUTE).health).toBe('fresh')
    expect(health({ schedule: HOURLY, latest: slow }, NOW + 16 * MINUTE).health).toBe('late')
  })

  test('a schedule of every second is not late between two ticks', () => {
    const now = NOW + 59_500
    const often = latest({ startedAt: now - 30_000 })
    expect(health({ schedule: cron('* * * * *'), latest: often }, now).health).toBe('fresh')
  })

  test('ticks are the project’s local ones', () => {
    const daily = cron('0 3 * * *')
    // Three in Dublin is two in UTC, in summer.
    const summer = Date.parse('2026-07-01T02:30:00Z')
    const yesterday = latest({ startedAt: summer - 20 * 3_600_000 })
    expect(health({ schedule: daily, latest: yesterday }, summer, 'Europe/Dublin')).toEqual({
      health: 'late',
      lateSince: Date.parse('2026-07-01T02:00:00Z'),
    })
    expect(health({ schedule: daily, latest: yesterday }, summer, 'UTC').health).toBe('fresh')
  })

  test('late when something it reads held it up', () => {
    const skipped = latest({ status: 'skipped', startedAt: 5_000 })
    expect(health({ latest: skipped })).toEqual({ health: 'late', lateSince: 5_000 })
  })

  test('late when its rows have grown older than a freshness check allows', () => {
    const freshness = { check: 'freshness:at', ageMs: 5 * MINUTE, maxAgeMs: 2 * MINUTE }
    expect(health({ freshness })).toEqual({ health: 'late', lateSince: NOW - 3 * MINUTE })
    expect(health({ freshness: { ...freshness, maxAgeMs: 9 * MINUTE } }).health).toBe('fresh')
  })
})
