import { isTransient, MillraceError, messageOf } from '../base/errors.js'
import type { AssetName } from '../domain/asset.js'
import type { ReportRecord } from '../domain/report.js'
import { lastPeriodOver } from '../reports/period.js'
import type { Report } from '../reports/report.js'
import type { Scheduled, TickOutcome } from '../scheduler/scheduled.js'
import type { ApiHost } from './api/host.js'
import { findReport } from './report/find-report.js'
import { assetsBehind } from './report/inputs.js'
import { renderReports } from './report/render-report.js'
import type { Session } from './session.js'

export type ReportSchedule = Readonly<{
  /** What is due by itself now; a reloaded project may have other reports. */
  scheduled(): readonly Scheduled[]
  /** Everything that the report is made from. */
  behind(subject: string): ReadonlySet<AssetName>
  /** Makes the report of the period that was over at the tick, for every tenant. Never rejects for a report's fault. */
  start(subject: string, at: number, signal?: AbortSignal): Promise<TickOutcome>
}>

const SUBJECT = 'report:'
/** A run that takes longer than this does not keep a report back: it shows the release there is. */
const LONGEST_WAIT_MS = 15 * 60_000
const LOOK_EVERY_MS = 1_000

/** Reports that are made by themselves. Of ticks that were missed the last is made: it shows all there is. */
export const scheduledReports = (
  reports: readonly Report[],
): readonly Readonly<{ name: string; schedule: Scheduled['schedule'] }>[] =>
  reports.flatMap(({ name, schedule: pattern }) =>
    pattern === null ? [] : [{ name, schedule: { kind: 'cron', pattern, catchUp: 'latest' } as const }],
  )

export function reportSchedule(host: ApiHost): ReportSchedule {
  return {
    scheduled: () =>
      scheduledReports(host.live?.session.loaded.reports ?? []).map(({ name, schedule }) => ({
        subject: SUBJECT + name,
        schedule,
      })),
    behind: (subject) => behind(host, subject.slice(SUBJECT.length)),
    start: async (subject, at, signal = new AbortController().signal) => {
      const name = subject.slice(SUBJECT.length)
      await runsBehind(host, name, signal)
      return host.use((session) => renderAt(host, session, { name, at }, signal))
    },
  }
}

async function renderAt(
  host: ApiHost,
  session: Session,
  { name, at }: Readonly<{ name: string; at: number }>,
  signal: AbortSignal,
): Promise<TickOutcome> {
  const { log } = session.services
  const publish = (record: ReportRecord) => host.live?.publish({ kind: 'report', record })
  try {
    const report = findReport(session, name)
    const period = lastPeriodOver(at, report.period, session.loaded.project.timezone).label
    const request = { report: name, tenant: null, period, out: null }
    try {
      const records = await renderReports(session, request, publish, signal)
      return { run: null, note: `${period}: ${countsOf(records)}` }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      await recordFailure(session, report, period, error, publish)
      throw error
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    // A fault of the report or of the moment: the next tick tries again, and the record says why there is none.
    if (!(error instanceof MillraceError)) throw error
    log.warn({ report: name, err: error.message, transient: isTransient(error) }, 'a report was not made')
    return { run: null, note: `not made: ${error.message}` }
  }
}

/** A report that could be made for nobody leaves a record of nobody. */
async function recordFailure(
  session: Session,
  report: Report,
  period: string,
  error: unknown,
  publish: (record: ReportRecord) => void,
): Promise<void> {
  const store = await session.services.store()
  const record: ReportRecord = {
    ...{ report: report.name, tenant: null, period, status: 'failed', release: 0 },
    ...{ at: session.services.clock.now(), durationMs: 0, file: null, bytes: 0, message: messageOf(error) },
  }
  await store.reports.save([record])
  publish(record)
}

function countsOf(records: readonly ReportRecord[]): string {
  const counts = new Map<string, number>()
  for (const { status } of records) counts.set(status, (counts.get(status) ?? 0) + 1)
  if (counts.size === 0) return 'no tenant has rows'
  return [...counts].map(([status, count]) => `${count} ${status.replace('_', ' ')}`).join(', ')
}

function behind({ live }: ApiHost, name: string): ReadonlySet<AssetName> {
  const loaded = live?.session.loaded
  const report = loaded?.reports.find((each) => each.name === name)
  return loaded && report ? assetsBehind(report, loaded.project) : new Set()
}

/**
 * Waits for the runs, going on or queued now, that touch what the report is made from. Not for those that come after:
 * of a schedule by the second there is always another one.
 */
async function runsBehind(host: ApiHost, name: string, signal: AbortSignal): Promise<void> {
  const { live } = host
  if (live === null) return
  const { clock } = live.session.services
  const names = behind(host, name)
  const tickets = new Set(
    live.queue().flatMap(({ ticket, assets }) => (assets.some((asset) => names.has(asset)) ? [ticket] : [])),
  )
  const deadline = clock.now() + LONGEST_WAIT_MS
  while (live.queue().some(({ ticket }) => tickets.has(ticket)) && clock.now() < deadline)
    await clock.sleep(LOOK_EVERY_MS, signal)
}
