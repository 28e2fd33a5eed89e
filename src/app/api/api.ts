import type { QueryResult } from '../../adapters/engines/engine.js'
import type { ReleaseSummary } from '../../adapters/state/store.js'
import type { Alert, Silence } from '../../domain/alert.js'
import type { ReportRecord } from '../../domain/report.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunResult } from '../../executor/run.js'
import type { Plan } from '../../planner/plan.js'
import type { CheckReport, CheckRequest } from '../check-project.js'
import type { Finding } from '../finding.js'
import type { PlanRequest } from '../plan-project.js'
import type { Lineage } from '../project-lineage.js'
import type { ProjectStatus } from '../project-status.js'
import type {
  AlertFilter,
  AssetDetail,
  AssetSummary,
  LineageRequest,
  LiveEvent,
  LogLine,
  MetricPoint,
  MetricRequest,
  Overview,
  QueueEntry,
  RenderRequest,
  ReportDetail,
  ReportSummary,
  RunDetail,
  RunFilter,
  RunSummary,
  SearchHit,
  SilenceRequest,
} from './shapes.js'

/**
 * Everything Millrace does for its users, in one interface. The command line and the server's routes call nothing
 * else. In a process of its own it works on the project directly; with a server running, the same interface speaks
 * to it over HTTP (`server/client`). Every method throws `MillraceError`s with the same codes on both ways.
 * Instants are epoch milliseconds, durations milliseconds, sizes bytes.
 */
export interface Api {
  overview(): Promise<Overview>
  status(): Promise<ProjectStatus>
  search(text: string): Promise<readonly SearchHit[]>

  assets(): Promise<readonly AssetSummary[]>
  /** @throws ASSET_UNKNOWN */
  asset(name: string): Promise<AssetDetail>
  /** Released rows of one asset. @throws ASSET_UNKNOWN, ASSET_NOT_RELEASED */
  preview(name: string, limit: number, signal: AbortSignal): Promise<QueryResult>
  metrics(request: MetricRequest): Promise<readonly MetricPoint[]>
  lineage(request: LineageRequest): Promise<Lineage>
  releases(limit: number): Promise<readonly ReleaseSummary[]>

  plan(request: PlanRequest): Promise<Plan>
  /** Waits in the server's queue when there is one, then runs. Aborting the signal cancels it. */
  run(request: RunRequestBody, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<RunOutcome>
  queue(): Promise<readonly QueueEntry[]>
  /** @throws RUN_UNKNOWN, RUN_NOT_GOING_ON */
  cancel(run: number, by: string): Promise<void>
  runs(filter: RunFilter): Promise<readonly RunSummary[]>
  /** @throws RUN_UNKNOWN */
  runDetail(run: number): Promise<RunDetail>
  /** Lines of one run's log in order, after line number `after`. */
  log(request: {
    run: number
    asset: string | null
    after: number
    limit: number
  }): Promise<readonly LogLine[]>

  query(request: { sql: string; maxRows: number }, signal: AbortSignal): Promise<QueryResult>
  check(request: CheckRequest, signal: AbortSignal): Promise<CheckReport>
  latestChecks(select: string | null): Promise<CheckReport['results']>

  alerts(filter: AlertFilter): Promise<readonly Alert[]>
  /** @throws ALERT_UNKNOWN */
  alert(id: number): Promise<Readonly<{ alert: Alert; caused: readonly Alert[] }>>
  /** @throws ALERT_UNKNOWN, ALERT_RESOLVED */
  acknowledge(id: number, by: string, note: string): Promise<Alert>
  silences(): Promise<readonly Silence[]>
  silence(request: SilenceRequest): Promise<Silence>
  unsilence(id: number): Promise<void>

  reports(): Promise<readonly ReportSummary[]>
  /** @throws REPORT_UNKNOWN */
  report(name: string): Promise<ReportDetail>
  /** Renders now and writes the files. @throws REPORT_UNKNOWN, TENANT_UNKNOWN, PERIOD_INVALID */
  render(
    request: RenderRequest,
    emit: (record: ReportRecord) => void,
    signal: AbortSignal,
  ): Promise<readonly ReportRecord[]>
  /** The HTML last rendered. @throws REPORT_UNKNOWN, REPORT_NOT_RENDERED */
  reportHtml(request: { report: string; tenant: string | null; period: string }): Promise<string>

  doctor(): Promise<readonly Finding[]>
  /** Writes the types of all rows for TypeScript assets; the files written. */
  types(): Promise<readonly string[]>
  /** What happens, from now on or after the event `after`. Ends when the signal is aborted. */
  events(after: string | null, signal: AbortSignal): AsyncIterable<LiveEvent>
}

export type RunRequestBody = PlanRequest & Readonly<{ trigger: string; accept: readonly string[] }>

export type RunOutcome = Readonly<{ result: RunResult; sources: readonly string[] }>

/** The part of the API that `app/alerts.ts` gives. */
export type AlertMethods = Pick<
  Api,
  'alerts' | 'alert' | 'acknowledge' | 'silences' | 'silence' | 'unsilence'
>

/** The part of the API that `app/reports.ts` gives. */
export type ReportMethods = Pick<Api, 'reports' | 'report' | 'render' | 'reportHtml'>
