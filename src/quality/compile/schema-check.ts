import type { Check } from '../../domain/check.js'
import type { Column } from '../../domain/column.js'
import { sameType } from '../../sql/type-names.js'

type SchemaCheck = Pick<Extract<Check, { kind: 'schema' }>, 'columns' | 'exact'>

/** What of the columns differs from the promise, in words. `exact`: no other columns, and in this order. */
export function compareColumns(check: SchemaCheck, columns: readonly Column[]): string[] {
  const actual = new Map(columns.map((column) => [column.name, column]))
  const problems = check.columns.flatMap(({ name, type }) => {
    const found = actual.get(name)
    if (!found) return [missing(name, columns)]
    return sameType(type, found.type) ? [] : [`${name} is ${found.type} instead of ${type.toUpperCase()}`]
  })
  if (!check.exact) return problems
  const promised = new Set(check.columns.map((column) => column.name))
  const added = columns.filter((column) => !promised.has(column.name))
  const all = [...problems, ...added.map((column) => `${column.name} was not promised`)]
  return all.length > 0 ? all : misplaced(check, columns)
}

function misplaced(check: SchemaCheck, columns: readonly Column[]): string[] {
  const at = columns.findIndex(({ name }, index) => name !== check.columns[index]?.name)
  if (at < 0) return []
  return [`column ${at + 1} is ${columns[at]!.name} instead of ${check.columns[at]!.name}`]
}

function missing(name: string, columns: readonly Column[]): string {
  const spelled = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  return spelled ? `${name} is spelled ${spelled.name}` : `${name} is missing`
}
