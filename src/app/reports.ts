import { Cron } from 'croner'
import type { LatestReports } from '../adapters/state/report-store.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import { bindReport, parametersOf } from '../reports/bind-report.js'
import { checkTenants } from '../reports/check-tenants.js'
import { type PageName, reportFile } from '../reports/file-name.js'
import { lastPeriodOver, parsePeriod, periodBefore } from '../reports/period.js'
import { assetsOf, type Report, type TextTemplate } from '../reports/report.js'
import type { ReportMethods } from './api/api.js'
import type { ApiHost } from './api/host.js'
import type { ReportSummary } from './api/shapes.js'
import { appError } from './errors.js'
import { findReport } from './report/find-report.js'
import { readPage } from './report/page-file.js'
import { tellsCase } from './report/page-folder.js'
import { copiesRequest, ownFolder, renderReports } from './report/render-report.js'
import type { Session } from './session.js'

/** Most records of one report that a reader is shown. */
const MOST_RECORDS = 1_000

/** What the API says and does about reports. */
export function reportMethods(host: ApiHost): ReportMethods {
  return {
    reports: () =>
      host.use(async (session) => {
        const store = await session.services.store()
        const latest = new Map((await store.reports.latest()).map((each) => [each.report, each]))
        return session.loaded.reports.map((report) => summaryOf(session, report, latest.get(report.name)))
      }),
    report: (name) =>
      host.use(async (session) => {
        const report = findReport(session, name)
        const store = await session.services.store()
        const [latest, records, diagnostics] = await Promise.all([
          store.reports.latest(),
          store.reports.records({ report: name, limit: MOST_RECORDS }),
          diagnosticsOf(session, report),
        ])
        const own = latest.find((each) => each.report === name)
        return { ...summaryOf(session, report, own), records, diagnostics }
      }),
    render: (request, emit, signal) =>
      host.use((session) =>
        renderReports(
          session,
          request,
          (record) => {
            host.live?.publish({ kind: 'report', record })
            emit(record)
          },
          signal,
        ),
      ),
    reportHtml: ({ report: name, tenant, period }) =>
      host.use(async (session) => {
        const report = findReport(session, name)
        // Only a label that is one becomes part of a path.
        const known = parsePeriod(period, report.period, session.loaded.project.timezone)
        const isAsked = (tenant !== null) === report.forEachTenant
        const html =
          known && isAsked ? await pageOf(session, { report: name, tenant, period: known.label }) : null
        if (html === null) throw appError('REPORT_NOT_RENDERED', { report: name, period })
        return html
      }),
  }
}

async function pageOf(session: Session, name: PageName): Promise<string | null> {
  const folder = ownFolder(session)
  return readPage(folder, reportFile(name, await tellsCase(folder, name.report)))
}

function summaryOf(session: Session, report: Report, latest: LatestReports | undefined): ReportSummary {
  const { timezone } = session.loaded.project
  const now = session.services.clock.now()
  return {
    report: report.name,
    title: plainTitle(report.title),
    file: report.file,
    forEachTenant: report.forEachTenant,
    period: report.period,
    schedule: report.schedule,
    nextTick: report.schedule === null ? null : nextTick(report.schedule, timezone, now),
    inputs: assetsOf(report),
    tenants: latest?.tenants ?? 0,
    latest: latest
      ? {
          period: latest.period,
          at: latest.at,
          rendered: latest.rendered,
          held: latest.held,
          failed: latest.failed,
        }
      : null,
  }
}

/** The title as it can be told of every rendering: `Your washrooms, …`. */
const plainTitle = (title: TextTemplate): string =>
  title
    .map((part) => (typeof part === 'string' ? part : '…'))
    .join('')
    .trim()

const nextTick = (pattern: string, timezone: string, now: number): number | null =>
  new Cron(pattern, { timezone, paused: true }).nextRun(new Date(now))?.getTime() ?? null

/** Mistakes that show only against the columns of what is released now. Empty while nothing is. */
async function diagnosticsOf(session: Session, report: Report): Promise<readonly Diagnostic[]> {
  const { project } = session.loaded
  const store = await session.services.store()
  const states = await store.assetStates()
  const columns = new Map(
    [...states].flatMap(([name, { release, columns }]) => (release > 0 ? [[name, columns] as const] : [])),
  )
  if (!assetsOf(report).every((asset) => columns.has(asset))) return []
  const uncut = project.tenant === undefined ? [] : checkTenants(report, project.tenant, columns)
  if (uncut.length > 0) return uncut
  const { signal } = new AbortController()
  const engine = await session.services.engine()
  const copies = await engine.openTenantCopies(copiesRequest({ session, report }), signal)
  try {
    const empty = await copies.openEmpty()
    const period = lastPeriodOver(session.services.clock.now(), report.period, project.timezone)
    const parameters = parametersOf(project.vars, period, periodBefore(period, project.timezone))
    try {
      return await bindReport(report, empty, parameters, signal)
    } finally {
      empty.close()
    }
  } finally {
    await copies.close()
  }
}
