import type { CheckResult, OnFail, Verdict } from '../domain/check.js'
import { isAccepted } from '../domain/judged-rules.js'

/**
 * What the results together do to the rows. A check that could not be judged counts as failed: rows nobody
 * vouches for are not released. A failed check whose rows were to be set aside and still fails blocks.
 */
export function verdictOf(
  results: readonly CheckResult[],
  accept: ReadonlySet<string>,
  isSetAside: (result: CheckResult) => boolean,
): Verdict {
  const effects = new Set<OnFail>(
    results
      .filter((result) => result.status !== 'passed' && !isAccepted(result, accept) && !isSetAside(result))
      .map((result) => result.onFail),
  )
  if (effects.has('block') || effects.has('quarantine')) return 'block'
  return effects.has('hold_delivery') ? 'hold_delivery' : 'pass'
}
