import type { ReportDetail, ReportRecord } from '../../src/app/api/shapes.js'
import type { ReportStatus } from '../../src/domain/report.js'

const DAY = 86_400_000
const PERIODS = ['2024-W05', '2024-W04', '2024-W03', '2024-W02', '2024-W01']
const TENANTS = [
  'acme',
  'harbour-offices',
  'st-brendans',
  'liffey-hotels',
  'phoenix-park',
  'north-quay',
  'trinity',
  'dart',
]

/** A report for each tenant with some weeks behind it, and one for everybody that was never rendered. */
export function madeReports(now: number, release: number): readonly ReportDetail[] {
  const records = PERIODS.flatMap((period, back) =>
    TENANTS.slice(0, TENANTS.length - (back > 2 ? 2 : 0)).map((tenant, index): ReportRecord => {
      const status = statusOf(back, index)
      return {
        report: 'weekly',
        tenant,
        period,
        status,
        release: release - 1 - back * 670,
        at: now - 9_000_000 - back * 7 * DAY,
        durationMs: 44,
        file: status === 'held' ? null : `weekly/${tenant}/${period}.html`,
        bytes: status === 'held' ? 0 : 41_812 + index * 931,
        message: status === 'held' ? 'marts.traffic_hourly is held; the report of 2024-W04 stays.' : '',
      }
    }),
  )
  return [
    {
      report: 'weekly',
      title: 'Your washrooms, week by week',
      file: 'reports/weekly.md',
      forEachTenant: true,
      period: 'week',
      schedule: '0 7 * * 1',
      nextTick: now + 4 * DAY,
      inputs: ['marts.traffic_hourly', 'marts.status'],
      tenants: TENANTS.length,
      latest: { period: '2024-W05', at: now - 9_000_000, rendered: 7, held: 1, failed: 0 },
      records,
      diagnostics: [],
    },
    {
      report: 'fleet',
      title: 'How the devices did',
      file: 'reports/fleet.md',
      forEachTenant: false,
      period: 'month',
      schedule: null,
      nextTick: null,
      inputs: ['marts.device_health'],
      tenants: 0,
      latest: null,
      records: [],
      diagnostics: [
        {
          code: 'REPORT_COLUMN_UNKNOWN',
          severity: 'error',
          file: 'reports/fleet.md',
          line: 14,
          column: 4,
          message: 'The chart names a column silent that its query does not give.',
          hint: 'It gives device_id, day and silent_hours.',
        },
      ],
    },
  ]
}

function statusOf(back: number, index: number): ReportStatus {
  if (back === 0 && index === 1) return 'held'
  if (index === 2) return 'no_data'
  return back === 1 && index === 4 ? 'unchanged' : back === 3 && index === 0 ? 'failed' : 'rendered'
}

/** A page with styles of its own, and a script that must never run. */
export const madeReportHtml = (tenant: string, period: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${tenant}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:40px auto;max-width:680px;color:#1b2128}h1{font-size:22px}
.n{display:flex;gap:40px}.n b{display:block;font-size:28px}</style>
<h1>${tenant}: your washrooms, ${period}</h1><div class="n"><p><b>12,204</b>visits, 4 % more than the week before</p>
<p><b>38</b>refills</p></div><script>document.body.textContent = 'A script ran'</script></html>`
