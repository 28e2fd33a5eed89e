import type { AssetName } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { RunRecord, RunStatus, StepRecord } from '../../domain/run.js'
import type { AlertStore } from './alert-store.js'
import type { HistoryStore } from './history-store.js'
import type { ReportStore } from './report-store.js'
import type { TickStore } from './tick-store.js'

/**
 * Where Millrace remembers: runs, steps, releases, intervals, metrics, check results, locks. Postgres in every
 * implementation, shared by several processes. Each method is one transaction.
 *
 * A release has three moments: `prepareRelease` writes what the assets' states will be, the engine's transaction
 * makes the rows visible, `commitRelease` makes the new states the current ones. After a crash the engine's
 * ledger decides whether a prepared release is committed or abandoned.
 */
export interface StateStore {
  readonly environment: string
  /** What pages ask of the past. */
  readonly history: HistoryStore
  /** What was due when, and what became of it. */
  readonly ticks: TickStore
  readonly alerts: AlertStore
  readonly reports: ReportStore

  /** The run's number is above `above` and every number before. */
  beginRun(request: { trigger: string; at: number; above?: number }): Promise<RunRecord>
  /** Steps as they finish; many at once cost one round trip. */
  recordSteps(run: number, steps: readonly StepRecord[]): Promise<void>
  /**
   * How a run ended; its locks are released. What cannot be written within the patience of every statement is tried on
   * until the store is closed, so that a state that was away longer finds the run's assets free.
   */
  finishRun(run: number, end: { status: RunStatus; release: number | null; at: number }): Promise<void>
  /** Runs still `running` whose owner is dead become `abandoned`; returns them. */
  abandonDeadRuns(at: number): Promise<readonly RunRecord[]>
  runs(request: { limit: number; before?: number }): Promise<readonly RunRecord[]>
  run(run: number): Promise<{ run: RunRecord; steps: readonly StepRecord[] } | null>
  /** The latest steps of an asset, newest first: history for estimates, `status` and `check`. */
  steps(asset: AssetName, limit: number): Promise<readonly (StepRecord & { run: number })[]>
  /** The latest step of every asset. */
  latestSteps(): Promise<readonly (StepRecord & { run: number })[]>
  /** Median duration and rows of the last released steps of every asset. */
  usualDurations(): Promise<ReadonlyMap<AssetName, { durationMs: number; rows: number | null }>>

  /** Of all assets, or of those named. */
  assetStates(assets?: readonly AssetName[]): Promise<ReadonlyMap<AssetName, AssetState>>
  /**
   * Reserves the next release number, above `floor` and every number before, and keeps what `prepare` says that
   * release will bring. `prepare` may be called again after a lost connection.
   */
  prepareRelease(floor: number, prepare: (release: number) => PreparedRelease): Promise<number>
  /** Oldest first. Those of another process that lives are not among them: it is about to settle them itself. */
  preparedReleases(): Promise<readonly (PreparedRelease & { release: number })[]>
  /**
   * Makes the prepared states current. Doing it twice does nothing. Coming late it takes no asset back behind a
   * newer release. Pending ranges that others added since the run locked the asset stay pending.
   */
  commitRelease(release: number): Promise<void>
  abandonRelease(release: number): Promise<void>
  /**
   * Changes of asset states outside a release: ranges an input touched while the asset itself was held or failed,
   * assets removed (their `emptyAssetState`). Pending ranges shrink only where this process holds the asset's lock,
   * and then by no more than was pending when it took it; a state older than the current release only adds its own.
   */
  saveAssetStates(states: readonly AssetState[]): Promise<void>
  releases(limit: number): Promise<readonly ReleaseSummary[]>

  deliveries(): Promise<readonly DeliveryRecord[]>
  saveDeliveries(records: readonly DeliveryRecord[]): Promise<void>

  /**
   * Takes the locks of all `assets` or of none. A lock whose owner died is taken over. Locks are released by
   * `finishRun` or by the death of this process.
   */
  acquireLocks(
    run: number,
    assets: readonly AssetName[],
  ): Promise<{ ok: true } | { ok: false; holders: readonly LockHolder[] }>
  /** Locks held by processes that live. */
  locks(): Promise<readonly LockHolder[]>

  /** Deletes runs, steps, metrics and check results older than `before` (epoch ms), releases' newest excepted. */
  prune(before: number): Promise<number>
  /**
   * Deletes runs that began before `before` and in which every step came out unchanged, but for the latest step of each
   * asset: it says that the asset was looked at. What became of ticks, and the slots of pages, stay. At most some
   * thousand at once; returns how many.
   */
  thin(before: number): Promise<number>
  statistics(): Promise<StateStatistics>
  close(): Promise<void>
}

export type PreparedRelease = Readonly<{
  run: number
  at: number
  states: readonly AssetState[]
  /** Assets that left the project. */
  retire: readonly AssetName[]
  /** Deliveries that this release makes due. */
  deliveries: readonly DeliveryRecord[]
}>

export type ReleaseSummary = Readonly<{
  release: number
  run: number
  at: number
  assets: readonly AssetName[]
}>

export type LockHolder = Readonly<{ asset: AssetName; run: number; process: string; since: number }>

export type StateStatistics = Readonly<{
  version: string
  bytes: number
  migrations: readonly string[]
  runs: number
}>
