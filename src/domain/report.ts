/** A report's period: a local day, ISO week, month, quarter or year. Labels: `2024-02-01`, `2024-W05`, `2024-02`, `2024-Q1`, `2024`. */
export const PERIOD_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type PeriodUnit = (typeof PERIOD_UNITS)[number]

export type Period = Readonly<{ unit: PeriodUnit; label: string; start: number; end: number }>

export const REPORT_STATUSES = ['rendered', 'unchanged', 'held', 'failed', 'no_data'] as const
/**
 * What became of one report for one tenant and period. `held`: an asset it reads is held or failing, the last good
 * output stays. `no_data`: rendered, and says in words that there is none.
 */
export type ReportStatus = (typeof REPORT_STATUSES)[number]

export type ReportRecord = Readonly<{
  report: string
  /** Null for a report that is not made for each tenant. */
  tenant: string | null
  period: string
  status: ReportStatus
  /** Release whose rows it shows. */
  release: number
  at: number
  durationMs: number
  /** Relative to the output folder: `weekly/acme/2024-W05.html`; null where nothing was written. */
  file: string | null
  bytes: number
  /** Why it is held or failed. */
  message: string
}>
