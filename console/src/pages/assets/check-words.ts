import type { CheckHistory } from '../../../../src/app/api/shapes.js'
import type { CheckResult, OnFail } from '../../../../src/domain/check.js'
import type { StepRecord } from '../../../../src/domain/run.js'
import { count, exact, percent } from '../../words/numbers.js'
import { duration } from '../../words/time.js'

/** What a failure does to the rows. */
export function onFailWords(onFail: OnFail): string {
  switch (onFail) {
    case 'block':
      return 'holds the candidate'
    case 'quarantine':
      return 'sets failing rows aside'
    case 'hold_delivery':
      return 'holds deliveries'
    case 'continue':
      return 'only tells'
  }
}

type Result = CheckHistory['results'][number]

/** "31 of 4,812 rows (0.6 %)", "passed on 4,812 rows", "age 3 h 12 min". */
export function resultWords({ kind }: Pick<CheckHistory, 'kind'>, result: Result): string {
  if (result.status === 'error') return result.message
  if (kind === 'freshness' && result.value !== null) return `newest row is ${duration(result.value)} old`
  if (kind === 'row_count' && result.value !== null) return count(result.value, 'row')
  if (kind === 'schema') return result.status === 'passed' ? 'as declared' : result.message
  if (result.failedRows === 0) return `${count(result.rows, 'row')}, none fails`
  const share = result.rows > 0 ? ` (${percent(result.failedRows / result.rows)})` : ''
  return `${exact(result.failedRows)} of ${count(result.rows, 'row')}${share}`
}

/** The latest step's failing rows of a check; none where it passed there. */
export function latestSamples(steps: readonly StepRecord[], check: string): CheckResult['samples'] {
  for (const step of steps) {
    const result = step.checks.find((one) => one.check === check)
    if (result) return result.status === 'passed' && result.failedRows === 0 ? [] : result.samples
  }
  return []
}

/** Columns of sample rows, in the order they are first met. */
export const sampleColumns = (samples: CheckResult['samples']): readonly string[] => [
  ...new Set(samples.flatMap((row) => Object.keys(row))),
]

/** What failed now first, worst first; then by name. */
export function sortChecks(history: readonly CheckHistory[]): readonly CheckHistory[] {
  const rank = ({ results: [latest], onFail }: CheckHistory): number =>
    latest === undefined || latest.status === 'passed' ? 2 : onFail === 'block' ? 0 : 1
  return [...history].sort((a, b) => rank(a) - rank(b) || a.check.localeCompare(b.check))
}
