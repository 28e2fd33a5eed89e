import type { RunDetail, RunSummary } from '../../../src/app/api/shapes.js'
import type { StepStatus } from '../../../src/domain/run.js'
import { count, exact } from './numbers.js'
import { duration } from './time.js'

/** Steps by how they ended, worst first; what there is none of is left out. */
export const WORST_FIRST: readonly StepStatus[] = ['failed', 'held', 'skipped', 'released', 'unchanged']

export const stepCounts = (steps: RunSummary['steps']): readonly (readonly [StepStatus, number])[] =>
  WORST_FIRST.map((status) => [status, steps[status]] as const).filter(([, number]) => number > 0)

/** "Held after 9.8 s: 9 assets released, 1 held, 2 skipped." */
export function runSentence(detail: RunDetail, now: number): string {
  const { run, steps, running, waiting } = detail
  if (run.finishedAt === null && run.status === 'running') {
    const done = steps.length + running.filter(({ phase }) => phase === 'passed').length
    const total = steps.length + running.length + waiting.length
    return `Runs for ${duration(Math.max(0, now - run.startedAt))}: ${exact(done)} of ${count(total, 'step')} built.`
  }
  const tally: Record<StepStatus, number> = { released: 0, unchanged: 0, held: 0, failed: 0, skipped: 0 }
  for (const { status } of steps) tally[status]++
  const parts = (['released', 'unchanged', 'held', 'failed', 'skipped'] as const)
    .filter((status) => tally[status] > 0)
    .map((status) => `${exact(tally[status])} ${status}`)
  const length = run.finishedAt === null ? '' : ` ${duration(run.finishedAt - run.startedAt)}`
  const words = parts.length > 0 ? `: ${parts.join(', ')}` : ', nothing was to be done'
  return `${ENDED[run.status]}${length}${words}.`
}

const ENDED: Readonly<Record<RunDetail['run']['status'], string>> = {
  running: 'Runs',
  done: 'Done in',
  failed: 'A step failed; over after',
  held: 'Rows were held; over after',
  cancelled: 'Cancelled after',
  abandoned: 'Its process ended before it did; known up to',
}

/** More names than these are not read; the whole project is then what is asked for. */
const MOST_NAMED = 6

/** What to run again: what broke; else what was asked for; else the steps there were. Null: the whole project. */
export function rerunSelection(detail: RunDetail): string | null {
  const broken = detail.steps.filter(({ status }) => status === 'failed' || status === 'held')
  const chosen = broken.length > 0 ? broken : detail.steps
  if (chosen.length > 0 && chosen.length <= MOST_NAMED) {
    // What was skipped waits below what broke, and follows it.
    return chosen.map(({ asset }) => (broken.length > 0 ? `${asset}+` : asset)).join(' ')
  }
  const asked = /--select(?:=|\s+)(?:'([^']+)'|"([^"]+)"|(\S+))/.exec(detail.run.trigger)
  return asked?.[1] ?? asked?.[2] ?? asked?.[3] ?? null
}

/** The command that does what the button does. */
export function rerunCommand(select: string | null): string {
  if (select === null) return 'millrace run'
  return `millrace run --select ${select.includes(' ') ? `'${select}'` : select}`
}

/** The step to look at first: what failed, then what was held. Null where nothing broke. */
export const worstStep = (detail: RunDetail): string | null =>
  (
    detail.steps.find(({ status }) => status === 'failed') ??
    detail.steps.find(({ status }) => status === 'held')
  )?.asset ?? null
