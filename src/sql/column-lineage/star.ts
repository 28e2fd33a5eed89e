import { originOf, type ReadQuery } from './expression.js'
import type { Origin } from './origin.js'
import type { RelationColumn } from './relation.js'
import type { Scope } from './scope.js'
import { folded, isTree, type Tree, textOf, treeOf, treesOf } from './tree.js'

/** Columns of `*`, `t.*`, `* exclude (…) replace (…) rename (…)` and `columns('pattern')`. */
export type Expanded = Readonly<{ columns: readonly RelationColumn[]; otherwise: Origin | null }>

/** Null where only the engine can tell which columns these are. */
export function expandStar(star: Tree, scope: Scope, readQuery: ReadQuery): Expanded | null {
  const all = everything(star, scope)
  const pattern = patternOf(star)
  if (pattern === null) return null
  const excluded = new Set(namesIn(star.exclude_list).concat(namesIn(star.qualified_exclude_list)))
  const replaced = new Map(
    treesOf(star.replace_list).map(({ key, value }) => [folded(textOf(key)), treeOf(value)]),
  )
  const newNames = new Map(
    treesOf(star.rename_list).map(({ key, value }) => [folded(columnIn(key)), textOf(value)]),
  )
  return {
    columns: all.columns
      .filter(({ name }) => !excluded.has(folded(name)) && pattern.test(name))
      .map(({ name, origin }) => {
        const replacement = replaced.get(folded(name))
        return {
          name: newNames.get(folded(name)) ?? name,
          origin: replacement ? originOf(replacement, scope, readQuery) : origin,
        }
      }),
    otherwise: all.otherwise,
  }
}

/** A column of USING stands once, where the left table has it. */
function everything(star: Tree, { from }: Scope): Expanded {
  const only = folded(textOf(star.relation_name))
  const items = only === '' ? from.items : from.items.filter(({ alias }) => folded(alias) === only)
  const seen = new Set<string>()
  const columns = items.flatMap(({ relation }) =>
    relation.columns.flatMap((column) => {
      const merged = only === '' && from.merged.find(({ name }) => folded(name) === folded(column.name))
      if (!merged) return [column]
      if (seen.has(folded(column.name))) return []
      seen.add(folded(column.name))
      return [{ name: column.name, origin: merged.origin }]
    }),
  )
  return { columns, otherwise: items.find(({ relation }) => relation.otherwise)?.relation.otherwise ?? null }
}

function patternOf(star: Tree): RegExp | null {
  if (!isTree(star.expr)) return /^/
  const { value } = treeOf(star.expr.value)
  if (star.expr.class !== 'CONSTANT' || typeof value !== 'string') return null
  try {
    return new RegExp(value)
  } catch {
    // A pattern of the engine's own dialect.
    return null
  }
}

const namesIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.map((one) => folded(columnIn(one))) : []

const columnIn = (one: unknown): string => (isTree(one) ? textOf(one.column) : textOf(one))
