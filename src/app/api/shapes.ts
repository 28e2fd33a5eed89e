import type { LockHolder, ReleaseSummary } from '../../adapters/state/store.js'
import type { Alert, AlertKind, AlertState } from '../../domain/alert.js'
import type { AssetName, Materialization } from '../../domain/asset.js'
import type { CheckKind, CheckResult, CheckStatus, OnFail, Severity } from '../../domain/check.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { Diagnostic } from '../../domain/diagnostic.js'
import type { ReportRecord } from '../../domain/report.js'
import type { RunRecord, StepRecord, StepStatus } from '../../domain/run.js'
import type { Schedule } from '../../domain/schedule.js'
import type { RunEvent } from '../../executor/events.js'

// What the API speaks. The server's zod schemas are checked against these types; the console imports them.

/** Health in one glance. */
export type Overview = Readonly<{
  project: string
  environment: string
  now: number
  timezone: string
  /** The project as it is on disk now. `broken`: the last good one runs on. */
  projectState: Readonly<{ state: 'good' | 'broken'; loadedAt: number; diagnostics: readonly Diagnostic[] }>
  assets: Readonly<{
    total: number
    fresh: number
    late: number
    held: number
    failed: number
    never: number
  }>
  /** What needs somebody, worst first; each is a clause of the sentence at the top. */
  troubles: readonly Trouble[]
  lastRelease: ReleaseSummary | null
  releases: readonly ReleaseSummary[]
  running: readonly RunSummary[]
  queue: readonly QueueEntry[]
  /** Open root alerts, newest first. */
  alerts: readonly Alert[]
  /** Of those that headers ask for; what is in no other count has had nothing to carry so far. */
  deliveries: Readonly<{ total: number; delivered: number; waiting: number; refused: number; held: number }>
  strip: Strip
}>

export type Trouble = Readonly<{
  kind: 'held' | 'failed' | 'late' | 'delivery' | 'project' | 'report' | 'alert'
  asset: AssetName | null
  /** "31 of 4,812 rows have no washroom_id". */
  text: string
  /** "Customers still see release 811 (10:15)." Empty where nobody reads it. */
  readers: string
  run: number | null
  alert: number | null
  /** The command that helps. */
  next: string
}>

/** Assets × time: the worst that happened to an asset in each slot of time; null where nothing ran. */
export type Strip = Readonly<{
  start: number
  slotMs: number
  slots: number
  /** Assets in trouble first, then by name; the rest is counted. */
  rows: readonly Readonly<{ asset: AssetName; cells: readonly (StripCell | null)[] }>[]
  more: number
}>
export type StripCell = Readonly<{ status: StepStatus | 'running' | 'late'; run: number; steps: number }>

/** How an asset stands. `late`: it should have been released by now. `never`: nothing was released yet. */
export type Health = 'fresh' | 'late' | 'held' | 'failed' | 'never'

export type AssetSummary = Readonly<{
  asset: AssetName
  kind: 'source' | 'sql' | 'typescript'
  materialize: Materialization | 'source'
  description: string
  owner: string
  tags: readonly string[]
  health: Health
  /** Release readers see, and when it was. */
  release: number | null
  releasedAt: number | null
  rows: number | null
  latest: Readonly<{ run: number; status: StepStatus; reason: string; at: number; durationMs: number }> | null
  schedule: Schedule
  nextTick: number | null
  inputs: readonly AssetName[]
  readers: readonly AssetName[]
  deliveries: readonly string[]
  checks: number
  openAlerts: number
  /** Durations of the latest steps, oldest first, for a sparkline. */
  durations: readonly number[]
}>

export type AssetDetail = AssetSummary &
  Readonly<{
    file: string
    /** The file's text. */
    code: string
    language: 'sql' | 'typescript' | 'yaml'
    columns: readonly ColumnDetail[]
    key: readonly string[]
    time: Readonly<{ column: string; grain: string; lookbackMs: number }> | null
    budgetMs: number | null
    timeoutMs: number
    /** Where a source's rows come from. */
    upstream: string | null
    pending: 'all' | readonly Readonly<{ start: number; end: number }>[]
    checkHistory: readonly CheckHistory[]
    steps: readonly (StepRecord & { run: number })[]
    deliveryRecords: readonly DeliveryRecord[]
    releases: readonly Readonly<{ release: number; run: number; at: number; rows: number | null }>[]
    alerts: readonly Alert[]
    /** Numbers there is a history of. */
    metrics: readonly string[]
  }>

export type ColumnDetail = Readonly<{ name: string; type: string | null; description: string; key: boolean }>

/** A declared check and how it was judged lately, newest first. */
export type CheckHistory = Readonly<{
  check: string
  kind: CheckKind
  severity: Severity
  onFail: OnFail
  column: string | null
  results: readonly Readonly<{
    run: number
    at: number
    status: CheckStatus
    failedRows: number
    rows: number
    value: number | null
    message: string
  }>[]
}>

export type MetricRequest = Readonly<{ asset: string; metric: string; since: number | null; limit: number }>

/** `low` and `high`: the usual band at that moment, null while there is not enough history. */
export type MetricPoint = Readonly<{
  run: number
  at: number
  value: number
  /** What is usual, and the band around it, which need not lie even; null before there is enough history. */
  expected: number | null
  low: number | null
  high: number | null
  unusual: boolean
}>

export type LineageRequest = Readonly<{
  /** Null: the whole project. */
  focus: string | null
  /** Hops up and down; null: all. */
  depth: number | null
}>

export type RunFilter = Readonly<{
  limit: number
  before: number | null
  status: RunRecord['status'] | null
  asset: string | null
}>

export type RunSummary = RunRecord & Readonly<{ steps: Readonly<Record<StepStatus, number>>; total: number }>

export type RunDetail = Readonly<{
  run: RunRecord
  steps: readonly StepRecord[]
  /** Steps that have begun and not ended, of a run that goes on. */
  running: readonly RunningStep[]
  /** Assets of the plan that wait; empty once the run has ended. */
  waiting: readonly AssetName[]
  release: ReleaseSummary | null
  deliveries: readonly DeliveryRecord[]
  /** Steps that read each step, for the timeline. */
  inputs: Readonly<Record<AssetName, readonly AssetName[]>>
}>

export type RunningStep = Readonly<{
  asset: AssetName
  startedAt: number
  phase: 'building' | 'checking' | 'passed'
  percent: number | null
  rows: number | null
  usualMs: number | null
}>

/** One line of a run's log. `line` counts from 1 within the run. */
export type LogLine = Readonly<{
  line: number
  at: number
  level: 'debug' | 'info' | 'warn' | 'error'
  asset: AssetName | null
  message: string
  fields: Readonly<Record<string, unknown>>
}>

export type QueueEntry = Readonly<{
  ticket: string
  trigger: string
  assets: readonly AssetName[]
  since: number
  /** Null while it waits. */
  run: number | null
  /** Why it waits: "run 812 holds marts.status". */
  waitsFor: string
}>

export type AlertFilter = Readonly<{
  /** Null: the open ones. */
  states: readonly AlertState[] | null
  asset: string | null
  limit: number
}>

export type SilenceRequest = Readonly<{
  assets: string
  kind: AlertKind | null
  until: number
  by: string
  reason: string
}>

export type ReportSummary = Readonly<{
  report: string
  title: string
  file: string
  forEachTenant: boolean
  period: string
  schedule: string | null
  nextTick: number | null
  /** Assets it reads. */
  inputs: readonly AssetName[]
  tenants: number
  latest: Readonly<{ period: string; at: number; rendered: number; held: number; failed: number }> | null
}>

export type ReportDetail = ReportSummary &
  Readonly<{ records: readonly ReportRecord[]; diagnostics: readonly Diagnostic[] }>

export type RenderRequest = Readonly<{
  report: string
  /** Null: every tenant. */
  tenant: string | null
  /** `2024-W05`; null: the last period that is over. */
  period: string | null
  /** Absolute folder, or null for the project's own (`.millrace/reports`). */
  out: string | null
}>

export type SearchHit = Readonly<{
  kind: 'asset' | 'run' | 'report' | 'alert' | 'page'
  label: string
  detail: string
  /** Path in the console: `/assets/marts.status`. */
  path: string
}>

/** What happens while a server runs. `id` grows; a reader that was away asks for what came after the last it saw. */
export type LiveEvent = Readonly<{ id: string; at: number }> &
  (
    | Readonly<{ kind: 'run'; run: number; event: RunEvent }>
    | Readonly<{ kind: 'queue'; queue: readonly QueueEntry[] }>
    | Readonly<{ kind: 'alert'; alert: Alert }>
    | Readonly<{ kind: 'report'; record: ReportRecord }>
    | Readonly<{ kind: 'project'; state: 'good' | 'broken'; diagnostics: readonly Diagnostic[] }>
    /** Events were missed: what is on the screen must be read again. */
    | Readonly<{ kind: 'reset' }>
  )

export type { Alert, CheckResult, DeliveryRecord, LockHolder, ReportRecord, RunRecord, StepRecord }
