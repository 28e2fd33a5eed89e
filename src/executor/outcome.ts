import type { Candidate, RowChange } from '../adapters/engines/engine.js'
import type { Json } from '../base/json.js'
import type { AssetName } from '../domain/asset.js'
import type { Column } from '../domain/column.js'
import type { Interval } from '../domain/interval.js'
import type { JudgedRules } from '../domain/judged-rules.js'
import type { StepRecord } from '../domain/run.js'
import type { Touched } from '../planner/scope.js'
import type { Parameters } from '../sql/bind.js'

/** What a passed step brings to the release. */
export type Built = Readonly<{
  asset: AssetName
  fingerprint: string
  candidate: Candidate | null
  change: RowChange | Readonly<{ kind: 'view'; sql: string; parameters: Parameters }>
  /** Columns readers see: the candidate's without those Millrace keeps for itself. */
  columns: readonly Column[]
  /** Ranges built; null for assets that are not built by range. */
  ranges: readonly Interval[] | null
  /** Whether the ranges are all there is, or come on top of those built before. */
  full: boolean
  deferred: readonly Interval[]
  /** What downstream has to build again. */
  touched: Touched
  position: Json
  quarantined: number
  /** What the rows, as they will be, were judged by. */
  judged: JudgedRules
  /** A check failed that lets the release pass but not the delivery. */
  holdDelivery: boolean
}>

/**
 * How a step ended before the release is made up. `passed` steps are released together, or held with what
 * cannot be released.
 */
export type StepOutcome =
  | Readonly<{ kind: 'passed'; built: Built; record: StepRecord }>
  | Readonly<{
      kind: 'unchanged' | 'held' | 'failed' | 'skipped'
      record: StepRecord
      /** What the released rows were judged by now; left out where they were not asked. */
      judged?: JudgedRules
      /** How far an unchanged source has read by now. */
      position?: Json
    }>

/** The columns Millrace adds to physical tables begin so; readers never see them. */
const OWN_PREFIX = '_millrace_'

export const visibleColumns = (columns: readonly Column[]): Column[] =>
  columns.filter(({ name }) => !name.startsWith(OWN_PREFIX))
