import { calledIn, holds, isTree, partsOf, type Tree, textIn } from './parse-tree.js'

/** Give numbers, truth or time, whatever they are given. */
const SMALL: ReadonlySet<string> = new Set(
  `+ - * / // % ** ^ & | << >> abs round floor ceil ceiling trunc sqrt cbrt ln log log2 log10 exp pow power sign mod
  isnan isfinite isinf length strlen len ord ascii unicode hash contains prefix suffix starts_with ends_with strpos
  position instr list_contains array_contains list_has ~~ !~~ ~~* !~~* regexp_matches regexp_full_match date_trunc
  date_part datepart date_diff datediff date_sub date_add year quarter month week day hour minute second dayofweek
  dayofyear isodow epoch epoch_ms`.split(/\s+/),
)
/** Give no more than they are given. */
const NO_LONGER: ReadonlySet<string> = new Set(
  `greatest least lower upper lcase ucase trim ltrim rtrim substring substr left right nullif ifnull struct_extract
  struct_pack row`.split(/\s+/),
)
const MOST_TEXT = 100

/** Why a lambda anywhere in a tree may not be in a query; null if all may. */
export function firstRefusedLambda(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(firstRefusedLambda).find((found) => found !== null) ?? null
  if (!isTree(value)) return null
  if (value.class === 'LAMBDA') return refusedLambda(value)
  return firstRefusedLambda(Object.values(value))
}

/**
 * Why a lambda may not be in a query; null if it may. Its body is worked out for all elements of many lists in one step
 * that can neither be interrupted nor is counted by the engine's memory limit, so it must give small values.
 */
function refusedLambda(lambda: Tree): string | null {
  const { expr: body, lhs } = lambda
  const parameters = new Set(namesIn(lhs))
  const isHeavy = (node: Tree): boolean => {
    const called = calledIn(node)
    return (
      node.class === 'LAMBDA' ||
      node.class === 'SUBQUERY' ||
      (called !== null && !SMALL.has(called) && !NO_LONGER.has(called)) ||
      (textIn(node)?.length ?? 0) > MOST_TEXT
    )
  }
  return holds(body, isHeavy) || givesColumn(body, parameters)
    ? 'a lambda may compute and compare, but not make texts or lists; unnest() the list in FROM instead'
    : null
}

/** Whether a column from outside may be in what the body gives, once for each element. */
function givesColumn(node: unknown, parameters: ReadonlySet<string>): boolean {
  if (!isTree(node)) return false
  if (node.class === 'COLUMN_REF') return !namesIn(node).some((name) => parameters.has(name))
  if (node.class === 'COMPARISON' || node.class === 'CONJUNCTION' || node.class === 'BETWEEN') return false
  const called = calledIn(node)
  if (called !== null && SMALL.has(called)) return false
  return partsOf(node).some((part) => givesColumn(part, parameters))
}

/** First parts of the names in a node: a parameter is followed by its fields. */
function namesIn(node: unknown): readonly string[] {
  if (!isTree(node)) return []
  if (Array.isArray(node.column_names)) return [String(node.column_names[0]).toLowerCase()]
  return partsOf(node).flatMap(namesIn)
}
