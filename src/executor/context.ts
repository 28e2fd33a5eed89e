import type { Candidate, Engine, RowChange, Rows, Workspace } from '../adapters/engines/engine.js'
import type { Runtime } from '../adapters/runtimes/runtime.js'
import type { Sink } from '../adapters/sinks/sink.js'
import type { Source } from '../adapters/sources/source.js'
import type { StateStore } from '../adapters/state/store.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/log.js'
import type { Asset, AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { Check, CheckResult, Verdict } from '../domain/check.js'
import type { Column } from '../domain/column.js'
import type { Project } from '../domain/project.js'
import type { Plan } from '../planner/plan.js'
import type { Parameters } from '../sql/bind.js'
import type { RunEvent } from './events.js'
import type { StepOutcome } from './outcome.js'
import type { RunsTogether } from './runs-together.js'

export type Judgement = Readonly<{ results: readonly CheckResult[]; verdict: Verdict; quarantined: number }>

export type JudgeRequest = Readonly<{
  workspace: Workspace
  asset: Asset
  tenant: string | undefined
  candidate: Candidate
  change: RowChange | null
  thisRows: Rows
  afterRows: Rows
  run: number
  now: number
  parameters: Parameters
  accept: ReadonlySet<string>
}>

/** Rows as they are or will be released, judged by some of their asset's checks. Nothing is set aside. */
export type ReleasedJudgeRequest = Readonly<{
  workspace: Workspace
  asset: Asset
  checks: readonly Check[]
  tenant: string | undefined
  rows: Rows
  columns: readonly Column[]
  now: number
  parameters: Parameters
  accept: ReadonlySet<string>
}>

/** Everything a run needs from outside; put together in `app/`. */
export type ExecutorDeps = Readonly<{
  engine: Engine
  store: StateStore
  clock: Clock
  log: Logger
  openSource: (asset: Asset) => Promise<Source>
  /** One sink per connection, kept open and closed by the caller. */
  openSink: (connection: string) => Promise<Sink>
  /** Started at the first use. */
  openRuntime: () => Promise<Runtime>
  /** What this run shares with others of this process that go on beside it. */
  together: RunsTogether
  judge: (request: JudgeRequest, signal: AbortSignal) => Promise<Judgement>
  judgeReleased: (
    request: ReleasedJudgeRequest,
    signal: AbortSignal,
  ) => Promise<Omit<Judgement, 'quarantined'>>
  /** Folder for temporary files of runs. */
  folder: string
  /** Steps that run side by side. */
  slots: number
  /** Steps in worker processes that run side by side. */
  workerSlots: number
  /** Heap a worker process may use. */
  workerMemoryBytes: number
  emit: (event: RunEvent) => void
}>

/** One run while it goes on. */
export type RunContext = Readonly<{
  deps: ExecutorDeps
  project: Project
  plan: Plan
  assets: ReadonlyMap<AssetName, Asset>
  run: number
  workspace: Workspace
  states: ReadonlyMap<AssetName, AssetState>
  /** Outcomes of the steps that ended so far. */
  outcomes: Map<AssetName, StepOutcome>
  /** Checks let pass in this run, by name. */
  accept: ReadonlySet<string>
  now: number
  folder: string
}>
