import type { RunDetail, RunningStep } from '../../../src/app/api/shapes.js'
import type { StepRecord } from '../../../src/domain/run.js'
import type { RunEvent } from '../../../src/executor/events.js'

/** `passedAfterMs`: how long it took, of a step that was seen to pass and only waits for the release. */
export type SeenStep = RunningStep & Readonly<{ passedAfterMs?: number }>

/** The run as it is after an event; `at` in epoch ms. The same object where the event changes nothing. */
export function applyToRun(detail: RunDetail, event: RunEvent, at: number): RunDetail {
  switch (event.kind) {
    case 'run-started':
      return {
        ...detail,
        waiting: event.plan.steps.map((step) => step.asset),
        inputs: Object.fromEntries(event.plan.steps.map((step) => [step.asset, step.inputs])),
      }
    case 'step-started':
      return begin(detail, {
        asset: event.asset,
        startedAt: at,
        phase: 'building',
        percent: null,
        rows: null,
        usualMs: event.usualMs,
      })
    case 'step-progress':
      return change(detail, event.asset, (step) => ({
        ...step,
        percent: event.percent ?? step.percent,
        rows: event.rows ?? step.rows,
      }))
    case 'step-checking':
      return change(detail, event.asset, (step) => ({
        ...step,
        phase: 'checking',
        percent: null,
        rows: event.rows ?? step.rows,
      }))
    case 'step-finished':
      return event.status === 'passed'
        ? change(detail, event.asset, (step) => ({
            ...step,
            phase: 'passed',
            rows: event.record.rows,
            passedAfterMs: event.record.durationMs,
          }))
        : finish(detail, event.record)
    case 'delivered':
      return {
        ...detail,
        deliveries: [
          ...detail.deliveries.filter(({ delivery }) => delivery !== event.record.delivery),
          event.record,
        ],
      }
    case 'run-finished':
      return {
        ...detail,
        running: [],
        waiting: [],
        run: { ...detail.run, status: event.status, release: event.release, finishedAt: at },
      }
    case 'step-retried':
    case 'step-log':
    case 'released':
      return detail
  }
}

function begin(detail: RunDetail, step: RunningStep): RunDetail {
  return {
    ...detail,
    waiting: detail.waiting.filter((asset) => asset !== step.asset),
    running: [...detail.running.filter(({ asset }) => asset !== step.asset), step],
  }
}

function change(detail: RunDetail, asset: string, to: (step: SeenStep) => SeenStep): RunDetail {
  if (!detail.running.some((step) => step.asset === asset)) return detail
  return { ...detail, running: detail.running.map((step) => (step.asset === asset ? to(step) : step)) }
}

function finish(detail: RunDetail, record: StepRecord): RunDetail {
  const others = <S extends { asset: string }>(steps: readonly S[]) =>
    steps.filter(({ asset }) => asset !== record.asset)
  return {
    ...detail,
    waiting: detail.waiting.filter((asset) => asset !== record.asset),
    running: others(detail.running),
    steps: [...others(detail.steps), record],
  }
}
