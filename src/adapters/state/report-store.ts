import type { ReportRecord } from '../../domain/report.js'

/** What became of reports: the latest of each report, tenant and period. Each method is one transaction. */
export interface ReportStore {
  /**
   * Replaces what is known of the same report, tenant and period. A record of a tenant also ends what was said of its
   * report as a whole for that period: that it was held or failed before it came to any tenant.
   */
  save(records: readonly ReportRecord[]): Promise<void>
  /** Newest first; of one period where it is given. */
  records(request: { report: string; period?: string; limit: number }): Promise<readonly ReportRecord[]>
  /** How the last period of every report stands that something is known of. */
  latest(): Promise<readonly LatestReports[]>
  /** Tenants that a report was ever made for, or held for, sorted. */
  tenants(report: string): Promise<readonly string[]>
}

/** `rendered` counts what readers have now: rendered, unchanged and without data. */
export type LatestReports = Readonly<{
  report: string
  period: string
  at: number
  tenants: number
  rendered: number
  held: number
  failed: number
}>
