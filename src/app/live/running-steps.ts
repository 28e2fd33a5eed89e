import type { AssetName } from '../../domain/asset.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunningStep } from '../api/shapes.js'

/** Steps that go on, by run, as the events tell of them. */
export class RunningSteps {
  private readonly runs = new Map<number, Map<AssetName, RunningStep>>()

  of(run: number): readonly RunningStep[] {
    return [...(this.runs.get(run)?.values() ?? [])]
  }

  note(run: number, event: RunEvent, at: number): void {
    const steps = this.runs.get(run)
    switch (event.kind) {
      case 'run-started':
        this.runs.set(run, new Map())
        return
      case 'run-finished':
        this.runs.delete(run)
        return
      case 'step-started':
        steps?.set(event.asset, {
          asset: event.asset,
          startedAt: at,
          phase: 'building',
          percent: null,
          rows: null,
          usualMs: event.usualMs,
        })
        return
      case 'step-progress':
        change(steps, event.asset, {
          ...(event.percent !== undefined && { percent: event.percent }),
          ...(event.rows !== undefined && { rows: event.rows }),
        })
        return
      case 'step-checking':
        change(steps, event.asset, { phase: 'checking', rows: event.rows, percent: null })
        return
      case 'step-finished':
        if (event.status === 'passed')
          change(steps, event.asset, { phase: 'passed', rows: event.record.rows })
        else steps?.delete(event.asset)
        return
      case 'released':
        for (const asset of event.assets) steps?.delete(asset)
        return
      case 'step-retried':
        change(steps, event.asset, { phase: 'building', percent: null, rows: null })
        return
      default:
        return
    }
  }
}

function change(
  steps: Map<AssetName, RunningStep> | undefined,
  asset: AssetName,
  news: Partial<RunningStep>,
): void {
  const step = steps?.get(asset)
  if (step) steps?.set(asset, { ...step, ...news })
}
