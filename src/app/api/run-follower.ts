import type { AssetName } from '../../domain/asset.js'
import type { StepRecord } from '../../domain/run.js'
import type { RunEvent } from '../../executor/events.js'
import type { LiveProject } from '../live/live.js'

/** A run that goes on, as far as its events have told. */
export type Ongoing = Readonly<{
  /** Assets whose step has not begun. */
  waiting: readonly AssetName[]
  /** Steps that have ended for good; those that passed wait for the release and are not among them. */
  ended: readonly StepRecord[]
}>

/** Steps reach the state when their run ends; until then its events are all there is. */
export function followRuns(live: LiveProject): (run: number) => Ongoing | null {
  const runs = new Map<number, { waiting: Set<AssetName>; ended: Map<AssetName, StepRecord> }>()
  live.onRun((run, event) => {
    if (event.kind === 'run-started')
      runs.set(run, { waiting: new Set(event.plan.steps.map(({ asset }) => asset)), ended: new Map() })
    else if (event.kind === 'run-finished') runs.delete(run)
    else note(event)
    function note(happened: RunEvent): void {
      const known = runs.get(run)
      if (!known) return
      if (happened.kind === 'step-started') known.waiting.delete(happened.asset)
      if (happened.kind === 'step-finished') {
        known.waiting.delete(happened.asset)
        if (happened.status !== 'passed') known.ended.set(happened.asset, happened.record)
      }
    }
  })
  return (run) => {
    const known = runs.get(run)
    return known ? { waiting: [...known.waiting], ended: [...known.ended.values()] } : null
  }
}
