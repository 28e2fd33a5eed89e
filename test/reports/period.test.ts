import { describe, expect, it } from 'vitest'
import { PERIOD_UNITS } from '../../src/domain/report.js'
import {
  lastPeriodOver,
  PERIOD_EXAMPLES,
  parsePeriod,
  periodAt,
  periodBefore,
} from '../../src/reports/period.js'

const DUBLIN = 'Europe/Dublin'
const iso = (at: number | undefined) => new Date(at ?? Number.NaN).toISOString()

describe('periods', () => {
  it('are of the project’s calendar, hours longer or shorter where clocks change', () => {
    const week = parsePeriod('2024-W13', 'week', DUBLIN)
    expect([iso(week?.start), iso(week?.end)]).toEqual([
      '2024-03-25T00:00:00.000Z',
      '2024-03-31T23:00:00.000Z',
    ])
    const day = parsePeriod('2024-10-27', 'day', DUBLIN)
    expect((day!.end - day!.start) / 3_600_000).toBe(25)
  })

  it('of every unit are found by their own label', () => {
    for (const unit of PERIOD_UNITS) {
      const period = periodAt(Date.parse('2024-12-30T12:00:00Z'), unit, DUBLIN)
      expect(parsePeriod(period.label, unit, DUBLIN)).toEqual(period)
      expect(parsePeriod(PERIOD_EXAMPLES[unit], unit, DUBLIN)?.label).toBe(PERIOD_EXAMPLES[unit])
    }
    expect(periodAt(Date.parse('2024-12-30T12:00:00Z'), 'week', DUBLIN).label).toBe('2025-W01')
  })

  it('that do not exist, or are of another unit, are none', () => {
    const wrong = [
      '2024-W54',
      '2023-W53',
      '2024-13',
      '2024-02-30',
      '2024-Q5',
      '../../etc',
      '2024-W5',
      '',
      '24',
    ]
    for (const unit of PERIOD_UNITS)
      for (const label of wrong) expect(parsePeriod(label, unit, DUBLIN)).toBeNull()
    expect(parsePeriod('2024-02', 'week', DUBLIN)).toBeNull()
    expect(parsePeriod('2020-W53', 'week', DUBLIN)).not.toBeNull()
  })

  it('that are over end by now; the one before ends where the next begins', () => {
    const monday = Date.parse('2024-02-05T00:00:00Z')
    expect(lastPeriodOver(monday, 'week', DUBLIN).label).toBe('2024-W05')
    expect(lastPeriodOver(monday - 1, 'week', DUBLIN).label).toBe('2024-W04')
    const quarter = parsePeriod('2024-Q1', 'quarter', DUBLIN)!
    expect(periodBefore(quarter, DUBLIN)).toMatchObject({ label: '2023-Q4', end: quarter.start })
  })
})
