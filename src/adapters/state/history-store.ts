import type { AssetName } from '../../domain/asset.js'
import type { CheckKind, CheckStatus } from '../../domain/check.js'
import type { RunRecord, RunStatus, StepRecord, StepStatus } from '../../domain/run.js'

/** What pages ask of the past: each method is one or two look-ups in indexes, however many runs there were. */
export interface HistoryStore {
  /** Newest first. */
  runs(filter: RunHistoryFilter): Promise<readonly CountedRun[]>
  /** Runs that have not ended and whose process lives, newest first. */
  runsGoingOn(): Promise<readonly CountedRun[]>
  /** What readers see of each of `assets` that was ever released. */
  released(assets: readonly AssetName[]): Promise<ReadonlyMap<AssetName, ReleasedAsset>>
  /** The latest step of each of `assets` that has one; durations only of those in `timed`. */
  latest(
    assets: readonly AssetName[],
    timed: readonly AssetName[],
  ): Promise<ReadonlyMap<AssetName, LatestStep>>
  /** An asset's latest steps, newest first, without their checks and metrics. */
  steps(asset: AssetName, limit: number): Promise<readonly PastStep[]>
  /** An asset's latest results, newest first; those of one run in the order of the header. */
  judgements(asset: AssetName, limit: number): Promise<readonly Judgement[]>
  /** The latest result of each freshness check of `assets`. */
  freshness(assets: readonly AssetName[]): Promise<readonly (Judgement & { asset: AssetName })[]>
  /** One metric of an asset, the latest `limit` values at or after `since`, oldest first. `duration_ms` is of released steps. */
  series(request: SeriesRequest): Promise<readonly SeriesValue[]>
  /** Names of the metrics of an asset's latest steps, sorted. */
  metricNames(asset: AssetName): Promise<readonly string[]>
  /** What happened to `assets` in each quarter of an hour since `since`, two days back at most. */
  slots(assets: readonly AssetName[], since: number): Promise<readonly StepSlot[]>
  /** Releases that brought an asset new rows, newest first. */
  releasesOf(asset: AssetName, limit: number): Promise<readonly AssetRelease[]>
  /** A committed release, null where there is none of that number. */
  release(release: number): Promise<CommittedRelease | null>
  /** When releases were made; numbers that are no releases are missing. */
  releaseTimes(releases: readonly number[]): Promise<ReadonlyMap<number, number>>
}

export type RunHistoryFilter = Readonly<{
  limit: number
  /** Only runs with a smaller number. */
  before: number | null
  status: RunStatus | null
  /** Only runs with a step of it. */
  asset: AssetName | null
}>

export type CountedRun = RunRecord & Readonly<{ steps: Readonly<Record<StepStatus, number>> }>

/** `release`: the one that brought the rows readers see. */
export type ReleasedAsset = Readonly<{
  asset: AssetName
  release: number
  releasedAt: number
  rows: number | null
}>

export type LatestStep = Readonly<{
  asset: AssetName
  run: number
  status: StepStatus
  reason: string
  startedAt: number
  durationMs: number
  /** Of its latest released steps, up to 20, oldest first; none where they were not asked for. */
  durations: readonly number[]
}>

export type PastStep = Omit<StepRecord, 'checks' | 'metrics'> & Readonly<{ run: number }>

export type Judgement = Readonly<{
  check: string
  kind: CheckKind
  run: number
  at: number
  status: CheckStatus
  failedRows: number
  rows: number
  value: number | null
  message: string
}>

export type SeriesRequest = Readonly<{
  asset: AssetName
  metric: string
  since: number | null
  limit: number
}>
export type SeriesValue = Readonly<{ run: number; at: number; value: number }>

/** Length of a slot. Slots start at whole quarters of an hour, UTC. */
export const SLOT_MS = 15 * 60_000

/** `status` and `run`: the step of most concern in the slot, the latest of them. */
export type StepSlot = Readonly<{
  asset: AssetName
  at: number
  status: StepStatus
  run: number
  steps: number
}>

export type AssetRelease = Readonly<{ release: number; run: number; at: number; rows: number | null }>

export type CommittedRelease = Readonly<{
  release: number
  run: number
  at: number
  assets: readonly AssetName[]
}>
