import { DateTime } from 'luxon'
import type { Period, PeriodUnit } from '../domain/report.js'

const PATTERNS: Readonly<Record<PeriodUnit, RegExp>> = {
  day: /^\d{4}-\d{2}-\d{2}$/,
  week: /^\d{4}-W\d{2}$/,
  month: /^\d{4}-\d{2}$/,
  quarter: /^\d{4}-Q[1-4]$/,
  year: /^\d{4}$/,
}

/** Labels as people type them, one of each unit, for messages. */
export const PERIOD_EXAMPLES: Readonly<Record<PeriodUnit, string>> = {
  day: '2024-02-01',
  week: '2024-W05',
  month: '2024-02',
  quarter: '2024-Q1',
  year: '2024',
}

/** The period of a label, by the calendar of `timezone`. Null: no such period of this unit. */
export function parsePeriod(label: string, unit: PeriodUnit, timezone: string): Period | null {
  const text = label.trim().toUpperCase()
  if (!PATTERNS[unit].test(text)) return null
  const [year = '', quarter = ''] = text.split('-Q')
  const start =
    unit === 'quarter'
      ? DateTime.fromObject({ year: Number(year), month: Number(quarter) * 3 - 2 }, { zone: timezone })
      : DateTime.fromISO(text, { zone: timezone })
  if (!start.isValid) return null
  const period = periodAt(start.toMillis(), unit, timezone)
  return period.label === text ? period : null
}

/** The period that an instant lies in. Weeks are ISO weeks. */
export function periodAt(instant: number, unit: PeriodUnit, timezone: string): Period {
  const start = DateTime.fromMillis(instant, { zone: timezone }).startOf(unit)
  const end = start.plus({ [unit]: 1 }).startOf(unit)
  return { unit, label: labelOf(start, unit), start: start.toMillis(), end: end.toMillis() }
}

/** The last period that has ended by `now`. */
export function lastPeriodOver(now: number, unit: PeriodUnit, timezone: string): Period {
  return periodBefore(periodAt(now, unit, timezone), timezone)
}

export function periodBefore({ start, unit }: Period, timezone: string): Period {
  return periodAt(start - 1, unit, timezone)
}

function labelOf(start: DateTime, unit: PeriodUnit): string {
  switch (unit) {
    case 'day':
      return start.toFormat('yyyy-MM-dd')
    case 'week':
      return start.toFormat("kkkk-'W'WW")
    case 'month':
      return start.toFormat('yyyy-MM')
    case 'quarter':
      return start.toFormat("yyyy-'Q'q")
    case 'year':
      return start.toFormat('yyyy')
  }
}
