import { digest } from '../base/digest.js'
import type { Check, CheckResult, OnFail, Verdict } from './check.js'

/** The rule a check had when the released rows were judged by it, and what that says of them. */
export type JudgedRule = Readonly<{ rule: string; effect: Verdict }>

/** What is known of an asset's released rows, by the check's name. */
export type JudgedRules = Readonly<Record<string, JudgedRule>>

/** What a check promises and does, without the place where it is written. */
const ruleOf = ({ line: _line, ...rule }: Check): string => digest(rule)

/** The rules of `checks` with what came of them. Results of others count for nothing. */
export function judgedRules(
  checks: readonly Check[],
  results: readonly CheckResult[],
  accept: ReadonlySet<string>,
): JudgedRules {
  const effects = new Map(results.map((result) => [result.check, effectOf(result, accept)]))
  return Object.fromEntries(
    checks.flatMap((check) => {
      const effect = effects.get(check.name)
      return effect === undefined ? [] : [[check.name, { rule: ruleOf(check), effect }]]
    }),
  )
}

/** What one result does to rows that are released already: those that fail `quarantine` went aside before. */
function effectOf(result: CheckResult, accept: ReadonlySet<string>): Verdict {
  if (result.status === 'passed' || isAccepted(result, accept)) return 'pass'
  return result.onFail === 'quarantine' && result.status === 'error' ? 'block' : EFFECTS[result.onFail]
}

const EFFECTS: Readonly<Record<OnFail, Verdict>> = {
  continue: 'pass',
  quarantine: 'pass',
  hold_delivery: 'hold_delivery',
  block: 'block',
}

/** True where the author lets this check pass once, by its name or its kind: `--accept not_null`. */
export const isAccepted = (
  { check, kind }: Pick<CheckResult, 'check' | 'kind'>,
  accept: ReadonlySet<string>,
): boolean => accept.has(check) || accept.has(kind)

/**
 * The checks that released rows have not passed: new ones, changed ones, and those they failed. Rows that passed a
 * rule once are not asked again until they change.
 */
export const unsettledChecks = (checks: readonly Check[], judged: JudgedRules): readonly Check[] =>
  checks.filter((check) => known(check, judged)?.effect !== 'pass')

/** The checks that released rows were found to fail, and that still stand in the project as they were then. */
export const failedRules = (
  checks: readonly Check[],
  judged: JudgedRules,
  effect: Exclude<Verdict, 'pass'>,
): readonly Check[] => checks.filter((check) => known(check, judged)?.effect === effect)

/** What is known under the name of a check whose rule has changed since says nothing of it. */
function known(check: Check, judged: JudgedRules): JudgedRule | undefined {
  const found = Object.hasOwn(judged, check.name) ? judged[check.name] : undefined
  return found?.rule === ruleOf(check) ? found : undefined
}
