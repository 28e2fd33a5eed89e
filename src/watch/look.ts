import type { Slowdown } from '../detect/slowdown.js'
import type { AssetName } from '../domain/asset.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import type { ReportRecord } from '../domain/report.js'
import type { StepRecord } from '../domain/run.js'

/** Everything the rules see, gathered at one moment: plain values, nothing is asked for afterwards. */
export type Look = Readonly<{
  now: number
  timezone: string
  /** In dependency order. */
  assets: readonly WatchedAsset[]
  /** How each asset's latest step ended. */
  latest: ReadonlyMap<AssetName, StepRecord & { run: number }>
  /** What readers see. */
  released: ReadonlyMap<AssetName, Readonly<{ release: number; at: number }>>
  /**
   * Numbers of the latest released step against the usual band, of assets that had a step since the last look. Of
   * the others nothing new is known: their alerts stay as they are.
   */
  measured: ReadonlyMap<AssetName, readonly Measured[]>
  /** When the next release of an asset is overdue by its own habit; missing while the habit is not known. */
  habits: ReadonlyMap<AssetName, Habit>
  /** Of the same assets: checks of the latest step that fail though they hardly ever did before. */
  turned: ReadonlyMap<AssetName, readonly string[]>
  /** Of assets that were compared with their own past: null where no step takes longer than weeks ago. */
  slowdowns: ReadonlyMap<AssetName, Slowdown | null>
  deliveries: readonly WatchedDelivery[]
  /** Null where no scheduler runs: then nothing is late. */
  ticks: readonly WatchedTick[] | null
  /** Why the project on disk does not load, while the last good one runs on. */
  broken: Readonly<{ code: string; message: string }> | null
  /** Latest record of each report and tenant; null where nobody asked for them. */
  reports: readonly ReportRecord[] | null
}>

export type WatchedAsset = Readonly<{
  name: AssetName
  inputs: readonly AssetName[]
  /** Where a source's rows come from; null for all others. */
  connection: string | null
  budgetMs: number | null
  /** Tables and files outside that show its rows. */
  targets: readonly string[]
}>

/** One number of a step. `streak`: unusual values in a row on its side, this one included. */
export type Measured = Readonly<{
  /** `duration_ms`, `rows_out`, `freshness_ms`, `check:<name>`. */
  metric: string
  run: number
  at: number
  value: number
  expected: number | null
  low: number | null
  high: number | null
  streak: number
}>

/** `overdueMs`: an age of its rows that is unusual for this asset at this hour. */
export type Habit = Readonly<{ usualMs: number; overdueMs: number }>

/** `since`: when it last showed what it should, as far as is known. */
export type WatchedDelivery = DeliveryRecord & Readonly<{ since: number }>

/**
 * A moment at which an asset was to be built and that is not done. `waiting`: nobody took it. `running`: its run goes
 * on, or waits for another one. `broken`: its run could not be made, so no step tells why.
 */
export type WatchedTick = Readonly<{
  asset: AssetName
  at: number
  state: 'waiting' | 'running' | 'broken'
  run: number | null
  /** How long its run usually takes; null before the first. */
  usualMs: number | null
  /** Of `broken`. */
  reason?: string
}>
