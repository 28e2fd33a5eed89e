import type { ReportRecord } from '../../domain/report.js'
import type { Session } from '../session.js'

/** A period of more tenants than this is watched by these. */
const MOST_RECORDS = 2_000

/** What became of the last period of every report of the project, for every tenant. */
export async function latestRecords({ services, loaded }: Session): Promise<readonly ReportRecord[]> {
  if (loaded.reports.length === 0) return []
  const names = new Set(loaded.reports.map(({ name }) => name))
  const { reports } = await services.store()
  const latest = (await reports.latest()).filter(({ report }) => names.has(report))
  const records = await Promise.all(
    latest.map(({ report, period }) => reports.records({ report, period, limit: MOST_RECORDS })),
  )
  return records.flat()
}
