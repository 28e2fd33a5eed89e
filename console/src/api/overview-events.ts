import type { Overview, RunSummary, Strip, StripCell } from '../../../src/app/api/shapes.js'
import type { StepStatus } from '../../../src/domain/run.js'
import type { RunEvent } from '../../../src/executor/events.js'
import { worse } from '../words/states.js'

/** The overview as it is after an event of a run; the same object where the event changes nothing. */
export function applyToOverview(overview: Overview, run: number, event: RunEvent, at: number): Overview {
  switch (event.kind) {
    case 'run-started':
      return overview.running.some((known) => known.run === run)
        ? overview
        : {
            ...overview,
            running: [...overview.running, begun(overview.environment, run, event.plan.steps.length, at)],
          }
    case 'step-started':
      return {
        ...overview,
        strip: marked(overview.strip, event.asset, { status: 'running', run, steps: 1 }, at),
      }
    case 'step-finished':
      return event.status === 'passed'
        ? overview
        : {
            ...overview,
            running: counted(overview.running, run, event.status),
            strip: marked(overview.strip, event.asset, { status: event.status, run, steps: 1 }, at),
          }
    case 'run-finished':
      return { ...overview, running: overview.running.filter((known) => known.run !== run) }
    case 'step-progress':
    case 'step-checking':
    case 'step-retried':
    case 'step-log':
    case 'released':
    case 'delivered':
      return overview
  }
}

function begun(environment: string, run: number, total: number, at: number): RunSummary {
  return {
    run,
    status: 'running',
    environment,
    startedAt: at,
    finishedAt: null,
    release: null,
    trigger: '',
    total,
    steps: { released: 0, unchanged: 0, held: 0, failed: 0, skipped: 0 },
  }
}

function counted(running: readonly RunSummary[], run: number, status: StepStatus): readonly RunSummary[] {
  return running.map((known) =>
    known.run === run ? { ...known, steps: { ...known.steps, [status]: known.steps[status] + 1 } } : known,
  )
}

/** Moves the strip on to `at` where that is needed and puts the cell into its last slot. */
function marked(strip: Strip, asset: string, cell: StripCell, at: number): Strip {
  const moved = movedTo(strip, at)
  const slot = Math.floor((at - moved.start) / moved.slotMs)
  return {
    ...moved,
    rows: moved.rows.map((row) => {
      if (row.asset !== asset || slot < 0) return row
      const cells = [...row.cells]
      const before = cells[slot] ?? null
      // What ran in this slot is over now: only a mark of the same run gives way to how it ended.
      cells[slot] =
        before === null || before.run === cell.run || before.status === 'running' ? cell : worse(before, cell)
      return { ...row, cells }
    }),
  }
}

function movedTo(strip: Strip, at: number): Strip {
  const by = Math.floor((at - strip.start) / strip.slotMs) - strip.slots + 1
  if (by <= 0) return strip
  return {
    ...strip,
    start: strip.start + by * strip.slotMs,
    rows: strip.rows.map((row) => ({
      ...row,
      cells: [...row.cells.slice(by), ...Array<null>(Math.min(by, strip.slots)).fill(null)],
    })),
  }
}
