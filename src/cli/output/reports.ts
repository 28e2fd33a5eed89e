import type { ReportRecord } from '../../domain/report.js'
import { duration } from './numbers.js'
import type { Terminal } from './terminal.js'

/** `12 made (3 unchanged), 1 held`. */
export function summaryLine(
  { made, held, failed }: Readonly<{ made: number; held: number; failed: number }>,
  aside = '',
): string {
  const parts = [`${made} made${aside}`]
  if (held > 0) parts.push(`${held} held, last good ones stay`)
  if (failed > 0) parts.push(`${failed} failed`)
  return parts.join(', ')
}

const MARKS = { rendered: '✓', unchanged: '·', no_data: '○', held: '◐', failed: '✗' } as const
const WORDS = {
  rendered: 'made',
  unchanged: 'unchanged',
  no_data: 'no data',
  held: 'held',
  failed: 'failed',
} as const

/** One line as a report is done. */
export function recordLine(record: ReportRecord, { paint }: Terminal): string {
  const { report, tenant, period, status, file, message, durationMs } = record
  const who = tenant === null ? report : `${report} ${paint.bold(tenant)}`
  const line = `  ${MARKS[status]} ${who} ${period}  ${WORDS[status]}`
  if (message !== '') return `${line}: ${message}`
  return `${line}  ${paint.dim(status === 'unchanged' ? (file ?? '') : `${file ?? ''}  ${duration(durationMs)}`)}`
}
