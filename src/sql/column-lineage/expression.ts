import { computedFrom, type Origin } from './origin.js'
import type { Relation } from './relation.js'
import { resolve, type Scope } from './scope.js'
import { folded, isTree, type Tree, textOf, textsOf, treesOf } from './tree.js'

/** What a subquery yields; given, because queries are made of expressions and these of queries. */
export type ReadQuery = (node: unknown, scope: Scope) => Relation

/** Where the value of an expression comes from: a column alone passes its own origin on. */
export function originOf(expression: Tree, scope: Scope, readQuery: ReadQuery): Origin {
  if (expression.class === 'COLUMN_REF') return resolve(textsOf(expression.column_names), scope)
  return computedFrom(parts(expression, scope, readQuery))
}

function parts(value: unknown, scope: Scope, readQuery: ReadQuery): Origin[] {
  if (Array.isArray(value)) return value.flatMap((item) => parts(item, scope, readQuery))
  if (!isTree(value)) return []
  switch (value.class) {
    case 'COLUMN_REF':
      return [resolve(textsOf(value.column_names), scope)]
    case 'LAMBDA':
      return parts(value.expr, withLocals(scope, parametersOf(value.lhs)), readQuery)
    case 'SUBQUERY':
      return [
        ...yielded(readQuery(queryOf(value.subquery), { ...scope, outer: scope })),
        ...parts(value.child, scope, readQuery),
      ]
    default:
      return Object.values(value).flatMap((part) => parts(part, scope, readQuery))
  }
}

/** `{ node }` around a query. */
export const queryOf = (statement: unknown): unknown => (isTree(statement) ? statement.node : undefined)

const yielded = ({ columns, otherwise }: Relation): Origin[] => [
  ...columns.map(({ origin }) => origin),
  ...(otherwise ? [otherwise] : []),
]

const withLocals = (scope: Scope, names: readonly string[]): Scope => ({
  ...scope,
  locals: new Set([...scope.locals, ...names.map(folded)]),
})

/** `x -> …` or `(x, i) -> …`, which the parser prints as a row of columns. */
function parametersOf(lhs: unknown): readonly string[] {
  if (!isTree(lhs)) return []
  if (lhs.class === 'COLUMN_REF') return [textsOf(lhs.column_names)[0] ?? '']
  if (lhs.class === 'FUNCTION') return treesOf(lhs.children).flatMap(parametersOf)
  return textsOf(lhs.parameters)
}

/** The name a column gets without an alias, where that is no work of the engine. */
export function nameOf(expression: Tree): string {
  const alias = textOf(expression.alias)
  if (alias !== '') return alias
  if (expression.class === 'COLUMN_REF') return textsOf(expression.column_names).at(-1) ?? ''
  return expression.function_name === 'count_star' ? 'count_star()' : ''
}
