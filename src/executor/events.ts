import type { AssetName } from '../domain/asset.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import type { RunStatus, StepRecord } from '../domain/run.js'
import type { Plan } from '../planner/plan.js'

/** What a run tells while it goes on, in order. Consumers draw, log or stream it; none can hold the run up. */
export type RunEvent =
  | Readonly<{ kind: 'run-started'; run: number; plan: Plan }>
  | Readonly<{ kind: 'step-started'; asset: AssetName; usualMs: number | null }>
  /** `percent` from the engine, `rows` from a source or worker; either may be missing. */
  | Readonly<{ kind: 'step-progress'; asset: AssetName; percent?: number; rows?: number }>
  | Readonly<{ kind: 'step-checking'; asset: AssetName; rows: number | null }>
  | Readonly<{ kind: 'step-retried'; asset: AssetName; attempt: number; delayMs: number; message: string }>
  | Readonly<{ kind: 'step-log'; asset: AssetName; level: string; message: string }>
  /** `passed`: candidate is good and waits for the release. The other words are final. */
  | Readonly<{
      kind: 'step-finished'
      asset: AssetName
      status: 'passed' | StepRecord['status']
      record: StepRecord
    }>
  | Readonly<{ kind: 'released'; release: number; assets: readonly AssetName[]; durationMs: number }>
  | Readonly<{ kind: 'delivered'; record: DeliveryRecord }>
  | Readonly<{
      kind: 'run-finished'
      run: number
      status: RunStatus
      release: number | null
      durationMs: number
    }>
