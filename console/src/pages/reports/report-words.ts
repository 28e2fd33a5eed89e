import type { ReportSummary } from '../../../../src/app/api/shapes.js'
import type { ReportRecord, ReportStatus } from '../../../../src/domain/report.js'
import { count } from '../../words/numbers.js'
import type { AnyState } from '../../words/states.js'
import { cronWords } from '../assets/schedule-words.js'

type Latest = ReportSummary['latest']

/** The worst that became of the last period's reports. */
export function latestState(latest: Latest): Readonly<{ of: AnyState; word: string }> {
  if (latest === null) return { of: 'never', word: 'Never rendered' }
  if (latest.failed > 0) return { of: 'failed', word: `${latest.failed} failed` }
  if (latest.held > 0) return { of: 'held', word: `${latest.held} held` }
  return { of: 'rendered', word: 'Rendered' }
}

/** "2 rendered, 1 held". */
export function latestWords(latest: NonNullable<Latest>): string {
  const parts = [
    latest.rendered > 0 ? `${latest.rendered} rendered` : '',
    latest.held > 0 ? `${latest.held} held` : '',
    latest.failed > 0 ? `${latest.failed} failed` : '',
  ].filter(Boolean)
  return parts.length === 0 ? 'none rendered' : parts.join(', ')
}

export const madeForWords = ({ forEachTenant, tenants, period }: ReportSummary): string =>
  forEachTenant ? `${count(tenants, 'tenant')}, each ${period}` : `everybody, each ${period}`

export const reportSchedule = (schedule: string | null): string =>
  schedule === null ? 'by hand only' : cronWords(schedule)

/** A title without what only a rendering fills in: "Your washrooms" of "Your washrooms, {period.label}". */
export const plainTitle = (title: string, report: string): string =>
  title
    .replace(/\s*[,:–—-]?\s*\{\{?[^}]*\}\}?/g, '')
    .replace(/^\s*[,:–—-]\s*/, '')
    .trim() || report

/** The command that does what the button does. */
export function renderCommand(report: string, tenant: string | null, period: string | null): string {
  return [
    `millrace report ${report}`,
    tenant === null ? '' : `--tenant ${shellWord(tenant)}`,
    period === null ? '' : `--period ${period}`,
  ]
    .filter(Boolean)
    .join(' ')
}

const shellWord = (text: string): string =>
  /^[\w.@:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** What a reader of this report gets, in one sentence. */
export function recordWords({ status, message, period }: ReportRecord): string {
  switch (status) {
    case 'rendered':
      return `Rendered for ${period}.`
    case 'unchanged':
      return `Nothing it shows changed since it was rendered for ${period}.`
    case 'no_data':
      return `Rendered for ${period}; it says in words that there is no data.`
    case 'held':
      return message || 'Held: an asset it reads is held, the last good report stays.'
    case 'failed':
      return message || 'It could not be rendered, the last good report stays.'
  }
}

/** True where there may be HTML to open: a held or failed one keeps its last good output. */
export const canBeOpened = (record: Pick<ReportRecord, 'status' | 'file'>): boolean =>
  record.file !== null || record.status === 'held' || record.status === 'failed'

export const REPORT_STATES: Readonly<Record<ReportStatus, AnyState>> = {
  rendered: 'rendered',
  unchanged: 'unchanged',
  held: 'held',
  failed: 'failed',
  no_data: 'no_data',
}

/** "2 rendered, 1 held.": what became of all that was asked for. */
export function renderedWords(records: readonly ReportRecord[]): string {
  const counts = new Map<ReportStatus, number>()
  for (const { status } of records) counts.set(status, (counts.get(status) ?? 0) + 1)
  const parts = [...counts].map(
    ([status, number]) => `${number} ${status === 'no_data' ? 'without data' : status}`,
  )
  return parts.length === 0 ? 'There was nothing to render.' : `${parts.join(', ')}.`
}
