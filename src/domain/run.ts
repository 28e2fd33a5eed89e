import type { AssetName } from './asset.js'
import type { CheckResult } from './check.js'
import type { Interval } from './interval.js'

export const STEP_STATUSES = ['released', 'unchanged', 'held', 'failed', 'skipped'] as const
/**
 * How a step ended. `released`: new rows are visible. `unchanged`: nothing to do, or the rows came out as they
 * were. `held`: a blocking check failed. `skipped`: something it reads was held or failed, or the run was cut off.
 */
export type StepStatus = (typeof STEP_STATUSES)[number]

export type RunStatus = 'running' | 'done' | 'failed' | 'held' | 'cancelled' | 'abandoned'

export type StepError = Readonly<{ code: string; message: string; hint: string }>

/** What a step left behind. Durations in ms, sizes in bytes. */
export type StepRecord = Readonly<{
  asset: AssetName
  status: StepStatus
  /** One sentence: why it ran, or why it did not. */
  reason: string
  startedAt: number
  durationMs: number
  /** Rows of the candidate; null where none was built. */
  rows: number | null
  ranges: readonly Interval[]
  attempts: number
  error: StepError | null
  /** Physical table of a held candidate, kept to be looked at until the asset's next run. */
  candidate: string | null
  /** The release whose rows were judged, where changed checks asked again and nothing was built; null elsewhere. */
  judgedRelease: number | null
  checks: readonly CheckResult[]
  metrics: readonly Metric[]
}>

/** A measured number of a step: one of Millrace's own, `check:<name>`, or what an author reports with `ctx.metric`. */
export type Metric = Readonly<{ name: string; value: number }>

const STEP_METRICS: ReadonlySet<string> = new Set([
  ...['duration_ms', 'build_ms', 'check_ms', 'release_ms', 'freshness_ms'],
  ...['rows_in', 'rows_out', 'rows_quarantined', 'bytes_out', 'peak_memory_bytes'],
])

/** Names of numbers that Millrace itself measures, which an author's must not stand in for. */
export const isStepMetric = (name: string): boolean => STEP_METRICS.has(name) || name.startsWith('check:')

export type RunRecord = Readonly<{
  run: number
  status: RunStatus
  environment: string
  startedAt: number
  finishedAt: number | null
  release: number | null
  /** Words that started it: `millrace run --select marts.status`. */
  trigger: string
}>
