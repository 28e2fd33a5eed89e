import { z } from 'zod'
import { REPORT_STATUSES, type ReportRecord } from '../../../domain/report.js'
import type { LatestReports, ReportStore } from '../report-store.js'
import { type Database, parseRows, type Query } from './database.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'

const reportRecord: z.ZodType<ReportRecord> = z.object({
  report: z.string(),
  tenant: z.string().nullable(),
  period: z.string(),
  status: z.enum(REPORT_STATUSES),
  release: z.number(),
  at: z.number(),
  durationMs: z.number(),
  file: z.string().nullable(),
  bytes: z.number(),
  message: z.string(),
})

const latestReports: z.ZodType<LatestReports> = z.object({
  report: z.string(),
  period: z.string(),
  at: z.number(),
  tenants: z.number(),
  rendered: z.number(),
  held: z.number(),
  failed: z.number(),
})

export function reportStore(database: Database, { scope }: Scope): ReportStore {
  return {
    save: async (records) => {
      if (records.length > 0) await database.query(upsert(scope, records))
    },
    records: async ({ report, period, limit }) => {
      const rows = await database.query({
        text: `select report, case when for_tenant then tenant end as tenant, period, status, release,
                 millrace_state.ms(at) as at, duration_ms as "durationMs", file, bytes::float8 as bytes, message
               from millrace_state.reports
               where scope = $1 and report = $2 and ($3::text is null or period = $3)
               order by at desc, period desc, tenant limit $4`,
        values: [scope, report, period ?? null, limit],
      })
      return parseRows(reportRecord, rows, 'reports')
    },
    latest: async () => parseRows(latestReports, await database.query(latest(scope)), 'reports'),
    tenants: async (report) => {
      const rows = await database.query({
        text: `select distinct tenant collate "C" as tenant from millrace_state.reports
               where scope = $1 and report = $2 and for_tenant order by 1`,
        values: [scope, report],
      })
      return parseRows(z.object({ tenant: z.string() }), rows, 'reports').map(({ tenant }) => tenant)
    },
  }
}

/**
 * Of a report named twice the last record counts. Ids are kept as they are: two of them never become one. What was said
 * of a report as a whole, before it came to its tenants, is over once it does.
 */
const upsert = (scope: number, records: readonly ReportRecord[]): Query => ({
  text: `with record as (
           select * from jsonb_to_recordset($2::jsonb) as record (report text, tenant text, period text, status text,
             release int, at float8, "durationMs" float8, file text, bytes float8, message text)),
         reached as (
           select report, period from record group by report, period having bool_and(tenant is not null)),
         over as (
           delete from millrace_state.reports whole using reached
           where whole.scope = $1 and not whole.for_tenant
             and whole.report = reached.report and whole.period = reached.period)
         insert into millrace_state.reports (scope, report, period, for_tenant, tenant, status, release, at,
           duration_ms, file, bytes, message)
         select $1, report, period, tenant is not null, coalesce(tenant, ''), status, release,
           millrace_state.instant(at), "durationMs", file, bytes, message
         from record order by report, period, tenant
         on conflict (scope, report, period, for_tenant, tenant) do update set status = excluded.status,
           release = excluded.release, at = excluded.at, duration_ms = excluded.duration_ms, file = excluded.file,
           bytes = excluded.bytes, message = excluded.message`,
  values: [scope, jsonText(lastOfEach(records))],
})

function lastOfEach(records: readonly ReportRecord[]): ReportRecord[] {
  // As the database will have them: it stores no NUL.
  const key = ({ report, tenant, period }: ReportRecord) => jsonText([report, period, tenant])
  return [...new Map(records.map((record) => [key(record), record])).values()]
}

/** Labels of one unit sort as text in the order of time; a report's unit may have changed, so its newest record leads. */
const latest = (scope: number): Query => ({
  text: `with newest as (
           select distinct on (report) report, period from millrace_state.reports
           where scope = $1 order by report, at desc, period desc)
         select report, period, max(millrace_state.ms(at)) as at,
           count(*) filter (where for_tenant)::int as tenants,
           count(*) filter (where status in ('rendered', 'unchanged', 'no_data'))::int as rendered,
           count(*) filter (where status = 'held')::int as held,
           count(*) filter (where status = 'failed')::int as failed
         from millrace_state.reports join newest using (report, period)
         where scope = $1 group by report, period order by report`,
  values: [scope],
})
