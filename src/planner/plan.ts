import type { AssetName } from '../domain/asset.js'
import type { Interval } from '../domain/interval.js'
import type { Reason } from './reasons.js'
import type { Scope } from './scope.js'

export type PlanOptions = Readonly<{
  /** Assets to touch; null: all. */
  selected: readonly AssetName[] | null
  full: boolean
  window: Interval | null
}>

/**
 * What will happen to one asset. `load`: its source is asked for new rows. `build`: it will be built.
 * `follow`: it is built if something it reads changes in this run. `judge`: so it is, and else its released rows are
 * judged by the checks they have not passed.
 */
export type PlanStep = Readonly<{
  asset: AssetName
  action: 'load' | 'build' | 'judge' | 'follow'
  scope: Scope
  reasons: readonly Reason[]
  fingerprint: string
  /** Everything is built anew whatever the inputs do. */
  full: boolean
  window: Interval | null
  inputs: readonly AssetName[]
  /** Steps that end before this one starts: its inputs, and what its checks look at where that makes no circle. */
  after: readonly AssetName[]
  checks: number
  deliveries: readonly string[]
  /** From history; null where there is none. */
  usualMs: number | null
}>

export type Plan = Readonly<{
  project: string
  environment: string
  at: number
  options: PlanOptions
  /** In dependency order. */
  steps: readonly PlanStep[]
  /** Released assets that left the project: their views go, their tables are swept. */
  removed: readonly AssetName[]
  /** Deliveries left waiting by earlier runs. */
  waiting: readonly string[]
  stages: readonly Stage[]
}>

/**
 * What a plan comes down to, in order. The executor walks this list and `explainPlan` prints it, so what is
 * shown is what is done. Builds of one layer run side by side.
 */
export type Stage =
  | Readonly<{ kind: 'build'; layer: number; assets: readonly AssetName[] }>
  | Readonly<{ kind: 'release'; assets: readonly AssetName[]; retire: readonly AssetName[] }>
  | Readonly<{ kind: 'deliver'; connection: string; deliveries: readonly string[] }>
