import { nameOf, originOf, queryOf, type ReadQuery } from './expression.js'
import { type InputColumns, readFrom } from './from-clause.js'
import { computedFrom, type Origin, UNKNOWN } from './origin.js'
import {
  openRelation,
  type Relation,
  type RelationColumn,
  renamed,
  unionByName,
  unionOf,
} from './relation.js'
import { NOTHING, type Scope } from './scope.js'
import { expandStar } from './star.js'
import { folded, isTree, type Tree, textOf, textsOf, treeOf, treesOf } from './tree.js'

/** Rounds after which a recursive query's origins no longer change, for any query somebody would write. */
const RECURSIONS = 4

export const OUTSIDE: Scope = { from: NOTHING, aliases: [], locals: new Set(), ctes: new Map(), outer: null }

/** What a query yields, column by column, from its parse tree. */
export function queryReader(inputs: InputColumns): ReadQuery {
  const read: ReadQuery = (node, around) => {
    const tree = treeOf(node)
    const scope = withCtes(tree, { ...around, from: NOTHING, aliases: [] }, read)
    switch (tree.type) {
      case 'SELECT_NODE':
        return select(tree, scope, inputs, read)
      case 'SET_OPERATION_NODE':
        return setOperation(tree, scope, read)
      case 'RECURSIVE_CTE_NODE':
        return recursive(tree, scope, read)
      default:
        return openRelation(UNKNOWN)
    }
  }
  return read
}

/** Each common table expression sees those before it. */
function withCtes(node: Tree, scope: Scope, read: ReadQuery): Scope {
  let ctes = scope.ctes
  for (const { key, value } of treesOf(treeOf(node.cte_map).map)) {
    const cte = treeOf(value)
    const relation = read(queryOf(cte.query), { ...scope, ctes })
    const names = textsOf(cte.aliases)
    ctes = new Map([...ctes, [folded(textOf(key)), names.length > 0 ? renamed(relation, names) : relation]])
  }
  return { ...scope, ctes }
}

function select(node: Tree, scope: Scope, inputs: InputColumns, read: ReadQuery): Relation {
  const from = readFrom(treeOf(node.from_table), scope, inputs, read)
  const columns: RelationColumn[] = []
  let otherwise: Origin | null = null
  for (const expression of treesOf(node.select_list)) {
    const inner: Scope = { ...scope, from, aliases: columns }
    const star = starIn(expression)
    if (!star) columns.push({ name: nameOf(expression), origin: originOf(expression, inner, read) })
    else {
      const expanded = expandStar(star, inner, read)
      otherwise ??= expanded ? expanded.otherwise : UNKNOWN
      columns.push(
        ...(expanded?.columns ?? []).map((column) => around(column, expression, star, inner, read)),
      )
    }
  }
  return { columns, otherwise }
}

/** `*` itself, or the one inside an expression that is repeated for each of its columns. */
function starIn(value: unknown): Tree | null {
  if (Array.isArray(value)) return first(value)
  if (!isTree(value)) return null
  if (value.class === 'STAR') return value
  return value.class === 'SUBQUERY' ? null : first(Object.values(value))
}

function first(values: readonly unknown[]): Tree | null {
  for (const value of values) {
    const found = starIn(value)
    if (found) return found
  }
  return null
}

/** `max(columns(*))` is computed from each column and from whatever else the expression names. */
function around(
  column: RelationColumn,
  expression: Tree,
  star: Tree,
  scope: Scope,
  read: ReadQuery,
): RelationColumn {
  if (expression === star) return column
  return {
    name: textOf(expression.alias),
    origin: computedFrom([column.origin, originOf(expression, scope, read)]),
  }
}

function setOperation(node: Tree, scope: Scope, read: ReadQuery): Relation {
  const sides = node.children === undefined ? [node.left, node.right] : treesOf(node.children)
  const [left, ...others] = sides.map((side) => read(side, scope))
  if (!left) return openRelation(UNKNOWN)
  switch (node.setop_type) {
    case 'UNION':
      return others.reduce(unionOf, left)
    case 'UNION_BY_NAME':
      return others.reduce(unionByName, left)
    default:
      // EXCEPT and INTERSECT take rows away; the values are the left side's.
      return left
  }
}

function recursive(node: Tree, scope: Scope, read: ReadQuery): Relation {
  const names = textsOf(node.aliases)
  const named = (relation: Relation) => (names.length > 0 ? renamed(relation, names) : relation)
  const start = named(read(node.left, scope))
  let known = start
  for (let round = 0; round < RECURSIONS; round++) {
    const ctes = new Map([...scope.ctes, [folded(textOf(node.cte_name)), known]])
    known = unionOf(start, read(node.right, { ...scope, ctes }))
  }
  return known
}
