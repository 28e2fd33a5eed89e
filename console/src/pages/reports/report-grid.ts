import type { ReportRecord } from '../../../../src/app/api/shapes.js'

/** Records as a table: a row a tenant, a column a period, newest first. */
export type ReportGrid = Readonly<{
  periods: readonly string[]
  rows: readonly Readonly<{ tenant: string | null; cells: readonly (ReportRecord | null)[] }>[]
}>

/** Of several records of one tenant and period the latest counts. Tenants in trouble in the newest period come first. */
export function reportGrid(records: readonly ReportRecord[], mostPeriods: number): ReportGrid {
  const periods = [...new Set(records.map(({ period }) => period))].sort().reverse().slice(0, mostPeriods)
  const latest = new Map<string, ReportRecord>()
  for (const record of records) {
    const key = keyOf(record.tenant, record.period)
    const known = latest.get(key)
    if (!known || known.at < record.at) latest.set(key, record)
  }
  const rows = [...new Set(records.map(({ tenant }) => tenant))].map((tenant) => ({
    tenant,
    cells: periods.map((period) => latest.get(keyOf(tenant, period)) ?? null),
  }))
  return {
    periods,
    rows: rows.sort(
      (a, b) =>
        rank(a.cells[0]) - rank(b.cells[0]) ||
        (a.tenant ?? '').localeCompare(b.tenant ?? '', 'en', { numeric: true }),
    ),
  }
}

const keyOf = (tenant: string | null, period: string): string => JSON.stringify([tenant, period])

const rank = (record: ReportRecord | null | undefined): number =>
  record?.status === 'failed' ? 0 : record?.status === 'held' ? 1 : 2
