import type { CheckResult, OnFail, Verdict } from '../domain/check.js'

/** True where the author lets this check pass once, by its name or its kind: `--accept not_null`. */
export const isAccepted = (
  { check, kind }: Pick<CheckResult, 'check' | 'kind'>,
  accept: ReadonlySet<string>,
) => accept.has(check) || accept.has(kind)

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
