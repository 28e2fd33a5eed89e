import { describe, expect, it } from 'vitest'
import { slotsOf } from '../../../src/reports/chart/slots.js'
import { parsePeriod } from '../../../src/reports/period.js'
import { writerFor } from '../../../src/reports/render/write-value.js'

const ZONE = 'Europe/Dublin'
const INSTANT = 'TIMESTAMP WITH TIME ZONE'
const slots = (label: string, values: readonly string[], type = INSTANT) => {
  const unit = label.includes('W') ? 'week' : 'month'
  const period = parsePeriod(label, unit, ZONE)!
  return slotsOf(values, type, { period, writer: writerFor('en-IE', ZONE) })
}

describe('places along an axis', () => {
  it('are there for days without a row, to the period’s ends', () => {
    const { names, rows } = slots('2024-W05', ['2024-01-30T00:00:00Z', '2024-02-01T00:00:00Z'])
    expect(names).toHaveLength(7)
    expect(rows).toEqual([1, 3])
    const daily = slots('2024-W05', ['2024-01-30T00:00:00Z', '2024-01-31T00:00:00Z', '2024-02-02T00:00:00Z'])
    expect(daily.names[0]).toBe('Mon, 29 Jan')
    expect(daily.names).toHaveLength(7)
    expect(daily.rows).toEqual([1, 2, 4])
  })

  it('are one a day over a change of clocks', () => {
    // Midnights of Dublin, one of them an hour earlier by UTC.
    const days = [
      '2024-03-29T00:00:00Z',
      '2024-03-30T00:00:00Z',
      '2024-03-31T00:00:00Z',
      '2024-04-01T00:00:00+01:00',
    ]
    const { names, rows } = slots('2024-03', days.slice(0, 3))
    expect(names).toHaveLength(31)
    expect(rows).toEqual([28, 29, 30])
    expect(slots('2024-W13', days).rows).toEqual([0, 1, 2, 3])
  })

  it('of hours are told by the day they begin, few enough to be read', () => {
    const hours = Array.from({ length: 168 }, (_, hour) =>
      new Date(Date.parse('2024-01-29T00:00:00Z') + hour * 3_600_000).toISOString(),
    )
    const { names, labels } = slots('2024-W05', hours)
    expect(names).toHaveLength(168)
    expect(labels.filter(Boolean)).toEqual(['Mon 29', 'Tue 30', 'Wed 31', 'Thu 1', 'Fri 2', 'Sat 3', 'Sun 4'])
  })

  it('of months are months, long and short', () => {
    const { names } = slots('2024-02', ['2024-01-01', '2024-02-01', '2024-04-01'], 'DATE')
    expect(names).toEqual(['January 2024', 'February 2024', 'March 2024', 'April 2024'])
  })

  it('say the year where there is more than one', () => {
    const years = ['2022-01-01', '2023-07-01', '2024-04-01']
    const monthly = slots('2024-02', years, 'DATE')
    expect(monthly.labels[0]).toBe('Jan 2022')
    const days = slots('2024-02', ['2023-01-02', '2024-01-30', '2024-02-03'], 'DATE')
    expect(days.names[0]).toMatch(/2 Jan 2023/)
    expect(days.labels[0]).toBe('Jan 2023')
  })

  it('of names are in the rows’ order, each once', () => {
    const { kind, names, rows } = slots('2024-W05', ['Yard', 'Hall', 'Yard'], 'VARCHAR')
    expect([kind, names, rows]).toEqual(['names', ['Yard', 'Hall'], [0, 1, 0]])
  })
})
