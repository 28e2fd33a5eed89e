import type { RunDetail } from '../../../src/app/api/shapes.js'
import type { StepRecord, StepStatus } from '../../../src/domain/run.js'
import type { SeenStep } from '../api/run-events.js'

export type GanttState = StepStatus | 'building' | 'checking' | 'passed' | 'waiting'

/** One step as it is drawn. Places are fractions of the scale, 0 to 1; null where nothing was built yet or at all. */
export type GanttRow = Readonly<{
  asset: string
  state: GanttState
  bar: Readonly<{
    left: number
    width: number
    /** Part of the bar, from its start, that went into building; the rest was checking. */
    built: number
  }> | null
  /** Where a step that goes on usually ends. */
  usualEnd: number | null
  startedAt: number | null
  durationMs: number | null
  rows: number | null
  percent: number | null
  reason: string
}>

export type Gantt = Readonly<{
  start: number
  /** Length of the scale in ms. */
  lengthMs: number
  rows: readonly GanttRow[]
  /** Ms since the start of the run, and their place. */
  ticks: readonly Readonly<{ ms: number; place: number }>[]
}>

/** The steps of a run over its time, in the order they began; what waits comes last. */
export function ganttOf(detail: RunDetail, now: number): Gantt {
  const start = detail.run.startedAt
  const going = detail.run.finishedAt === null
  const end = Math.max(
    detail.run.finishedAt ?? now,
    ...detail.steps.map((step) => step.startedAt + step.durationMs),
    ...detail.running.map(({ startedAt, usualMs }) => startedAt + Math.min(usualMs ?? 0, 10 * (now - start))),
  )
  // While it goes on the scale grows in steps, so that bars grow and do not shrink with every tick.
  const { stepMs, lengthMs } = scaleOf(Math.max(end - start, 1), going)
  const place = (ms: number) => Math.min(1, Math.max(0, ms / lengthMs))
  const rows: GanttRow[] = [
    ...detail.steps.map((step) => endedRow(step, start, place)),
    ...detail.running.map((step): GanttRow => {
      const { asset, startedAt, phase, percent, rows, usualMs, passedAfterMs }: SeenStep = step
      const from = startedAt - start
      const length = passedAfterMs ?? Math.max(0, now - startedAt)
      return {
        asset,
        state: phase,
        bar: { left: place(from), width: place(from + length) - place(from), built: 1 },
        usualEnd: usualMs === null || phase === 'passed' ? null : place(from + usualMs),
        startedAt,
        durationMs: phase === 'passed' ? (passedAfterMs ?? null) : length,
        rows,
        percent,
        reason: '',
      }
    }),
  ].sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
  return {
    start,
    lengthMs,
    rows: [...rows, ...detail.waiting.map(waitingRow)],
    ticks: Array.from({ length: Math.floor(lengthMs / stepMs) + 1 }, (_, index) => ({
      ms: index * stepMs,
      place: place(index * stepMs),
    })),
  }
}

function endedRow(step: StepRecord, start: number, place: (ms: number) => number): GanttRow {
  const { asset, status, startedAt, durationMs, rows, reason, metrics } = step
  const metric = (name: string) => metrics.find((found) => found.name === name)?.value ?? 0
  const judged = metric('check_ms')
  const from = startedAt - start
  return {
    asset,
    state: status,
    bar:
      status === 'skipped'
        ? null
        : {
            left: place(from),
            width: place(from + durationMs) - place(from),
            built: durationMs > 0 ? Math.max(0, 1 - judged / durationMs) : 1,
          },
    usualEnd: null,
    startedAt,
    durationMs: status === 'skipped' ? null : durationMs,
    rows,
    percent: null,
    reason,
  }
}

const waitingRow = (asset: string): GanttRow => ({
  asset,
  state: 'waiting',
  bar: null,
  usualEnd: null,
  startedAt: null,
  durationMs: null,
  rows: null,
  percent: null,
  reason: 'Waits for what it reads.',
})

const NICE_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
]

/** A scale with 4 to 8 ticks at round numbers; `whole`: it ends at one. */
function scaleOf(lengthMs: number, whole: boolean): { stepMs: number; lengthMs: number } {
  const stepMs = NICE_MS.find((step) => lengthMs / step <= 7) ?? Math.ceil(lengthMs / 7)
  return { stepMs, lengthMs: whole ? Math.ceil(lengthMs / stepMs) * stepMs : lengthMs }
}

/** What a step reads and what reads it within its run. */
export function neighbours(
  inputs: RunDetail['inputs'],
  asset: string,
): { inputs: ReadonlySet<string>; readers: ReadonlySet<string> } {
  const readers = Object.keys(inputs).filter((name) => inputs[name]!.includes(asset))
  return { inputs: new Set(inputs[asset] ?? []), readers: new Set(readers) }
}
