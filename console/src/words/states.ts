import type { Health, StripCell } from '../../../src/app/api/shapes.js'
import type { AlertState } from '../../../src/domain/alert.js'
import type { CheckStatus, Severity } from '../../../src/domain/check.js'
import type { DeliveryRecord } from '../../../src/domain/delivery.js'
import type { ReportStatus } from '../../../src/domain/report.js'
import type { RunStatus, StepStatus } from '../../../src/domain/run.js'

/** Every state the console shows: of steps, runs, assets, checks, deliveries, alerts, reports. */
export type AnyState =
  | StepStatus
  | RunStatus
  | Health
  | AlertState
  | CheckStatus
  | Severity
  | ReportStatus
  | DeliveryRecord['status']
  | 'late'
  | 'building'
  | 'checking'
  | 'passed'
  | 'queued'
  | 'good'
  | 'broken'
  | 'unusual'

/** What a state asks of the reader; each tone has one colour and never stands without icon and word. */
export type Tone = 'good' | 'quiet' | 'held' | 'bad' | 'late' | 'busy'

const TONES: Readonly<Record<AnyState, Tone>> = {
  released: 'good',
  unchanged: 'quiet',
  held: 'held',
  failed: 'bad',
  skipped: 'quiet',
  running: 'busy',
  done: 'good',
  cancelled: 'quiet',
  abandoned: 'bad',
  fresh: 'good',
  late: 'late',
  never: 'quiet',
  pending: 'late',
  firing: 'bad',
  acknowledged: 'busy',
  resolved: 'good',
  passed: 'good',
  error: 'bad',
  info: 'busy',
  warning: 'held',
  critical: 'bad',
  rendered: 'good',
  no_data: 'quiet',
  delivered: 'good',
  waiting: 'quiet',
  refused: 'bad',
  building: 'busy',
  checking: 'busy',
  queued: 'quiet',
  good: 'good',
  broken: 'bad',
  unusual: 'late',
}

export const toneOf = (state: AnyState): Tone => TONES[state]

const OWN_WORDS: Partial<Readonly<Record<AnyState, string>>> = {
  no_data: 'No data',
  never: 'Never released',
  done: 'Done',
}

/** "Released", "Never released": the word beside the icon. */
export const wordOf = (state: AnyState): string =>
  OWN_WORDS[state] ?? `${state.charAt(0).toUpperCase()}${state.slice(1)}`

type CellStatus = StripCell['status']

const WORST_FIRST: readonly CellStatus[] = [
  'failed',
  'held',
  'late',
  'running',
  'skipped',
  'released',
  'unchanged',
]

/** The cell that must not be overlooked; of two equal ones the newer run. Their steps are added. */
export function worse(a: StripCell, b: StripCell): StripCell {
  const difference = WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status)
  const chosen = difference < 0 || (difference === 0 && a.run >= b.run) ? a : b
  return { ...chosen, steps: a.steps + b.steps }
}
