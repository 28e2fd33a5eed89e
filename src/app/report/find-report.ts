import type { Period } from '../../domain/report.js'
import { nearest } from '../../project/diagnostics/nearest.js'
import { lastPeriodOver, PERIOD_EXAMPLES, parsePeriod } from '../../reports/period.js'
import type { Report } from '../../reports/report.js'
import { appError } from '../errors.js'
import type { Session } from '../session.js'

/** @throws REPORT_UNKNOWN */
export function findReport({ loaded }: Session, name: string): Report {
  const found = loaded.reports.find((report) => report.name === name)
  if (found) return found
  const known = loaded.reports.map((report) => report.name)
  throw appError('REPORT_UNKNOWN', { report: name, nearest: nearest(name, known) })
}

/** The period of a label; without one the last that is over. @throws PERIOD_INVALID */
export function periodOf(
  { loaded, services }: Session,
  { period: unit }: Report,
  label: string | null,
): Period {
  const { timezone } = loaded.project
  if (label === null) return lastPeriodOver(services.clock.now(), unit, timezone)
  const period = parsePeriod(label, unit, timezone)
  if (period) return period
  throw appError('PERIOD_INVALID', { text: label, unit, example: PERIOD_EXAMPLES[unit] })
}
