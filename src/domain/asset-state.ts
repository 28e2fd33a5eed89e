import type { Json } from '../base/json.js'
import type { AssetName } from './asset.js'
import type { Column } from './column.js'
import type { Interval } from './interval.js'
import type { JudgedRules } from './judged-rules.js'

/**
 * What an environment knows of one asset: the state that changes with a release, and only with it.
 * A released asset has a `relation`; one that never passed has pending ranges at most.
 */
export type AssetState = Readonly<{
  asset: AssetName
  /** Version of the released rows; null before the first release. */
  fingerprint: string | null
  /** Physical table or view in the warehouse; null before the first release. */
  relation: string | null
  columns: readonly Column[]
  /** Ranges of event time built, merged. Empty for assets without time. */
  built: readonly Interval[]
  /** Ranges inputs have touched that are not built yet. `all`: everything must be built again. */
  pending: readonly Interval[] | 'all'
  /** How far a source has read: cursor, files seen. The source's own business. */
  position: Json
  /** The release in which its rows last changed; 0 before the first. */
  release: number
  /** Epoch ms of that release. */
  releasedAt: number
  /** For each input, the release of it that these rows were built from. */
  inputReleases: Readonly<Record<AssetName, number>>
  rows: number | null
  /** What the released rows were judged by. */
  judged: JudgedRules
}>

export const emptyAssetState = (asset: AssetName): AssetState => ({
  asset,
  fingerprint: null,
  relation: null,
  columns: [],
  built: [],
  pending: [],
  position: null,
  release: 0,
  releasedAt: 0,
  inputReleases: {},
  rows: null,
  judged: {},
})
