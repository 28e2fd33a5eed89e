import type { CheckResult } from '../domain/check.js'
import type { Metric } from '../domain/run.js'
import type { Draft } from './build/build.js'
import type { Judgement } from './context.js'

/** The figures every step leaves: time, rows, bytes, memory, freshness and the value of every check. */
export function stepMetrics(input: {
  draft: Draft & { kind: 'draft' }
  judgement: Judgement
  rows: number | null
  buildMs: number
  checkMs: number
}): Metric[] {
  const { draft, judgement } = input
  const known: Metric[] = [
    { name: 'build_ms', value: input.buildMs },
    { name: 'check_ms', value: input.checkMs },
    { name: 'rows_quarantined', value: judgement.quarantined },
    ...draft.metrics,
  ]
  const perhaps: readonly (readonly [string, number | null | undefined])[] = [
    ['rows_out', input.rows],
    ['bytes_out', draft.candidate?.bytes],
    ['peak_memory_bytes', draft.candidate?.peakMemoryBytes],
    ['rows_in', draft.rowsIn],
    ['freshness_ms', draft.freshnessMs],
  ]
  for (const [name, value] of perhaps) if (value != null) known.push({ name, value })
  return [...known, ...checkMetrics(judgement.results)]
}

export const checkMetrics = (results: readonly CheckResult[]): Metric[] =>
  results.map(({ check, value, fraction }) => ({ name: `check:${check}`, value: value ?? fraction }))
