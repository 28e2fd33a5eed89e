import { computedFrom, type Origin, UNKNOWN } from './origin.js'
import { columnNamed, type Relation, type RelationColumn } from './relation.js'
import { folded } from './tree.js'

/** One table of a FROM clause under the name it goes by. */
export type Item = Readonly<{ alias: string; schema: string; relation: Relation }>

/** What a FROM clause offers. `merged`: columns of USING, which stand once for both sides. */
export type FromItems = Readonly<{ items: readonly Item[]; merged: readonly RelationColumn[] }>

export const NOTHING: FromItems = { items: [], merged: [] }

/** The names an expression can use. */
export type Scope = Readonly<{
  from: FromItems
  /** Columns of the select list so far: they can be used where no table has a column of the name. */
  aliases: readonly RelationColumn[]
  /** Parameters of lambdas around the expression: parts of what the lambda's function is given anyway. */
  locals: ReadonlySet<string>
  ctes: ReadonlyMap<string, Relation>
  /** The statement around a subquery. */
  outer: Scope | null
}>

/** What `a`, `a.b` or `a.b.c` means: a column, a field of one, or all columns of a table. */
export function resolve(parts: readonly string[], scope: Scope): Origin {
  return resolveHere(parts, scope) ?? (scope.outer ? resolve(parts, scope.outer) : UNKNOWN)
}

function resolveHere(parts: readonly string[], scope: Scope): Origin | null {
  const [first = '', second, third] = parts
  if (scope.locals.has(folded(first))) return { kind: 'computed', from: [] }
  if (second !== undefined) {
    const item = itemNamed(first, scope.from)
    const column = item && columnOf(item.relation, second)
    if (column) return fieldOf(column, parts.length > 2)
    const inSchema = scope.from.items.find(
      ({ schema, alias }) => folded(schema) === folded(first) && folded(alias) === folded(second),
    )
    const qualified = inSchema && third !== undefined ? columnOf(inSchema.relation, third) : null
    if (qualified) return fieldOf(qualified, parts.length > 3)
  }
  const column = unqualified(first, scope)
  if (column) return fieldOf(column, parts.length > 1)
  const whole = itemNamed(first, scope.from)
  return whole && parts.length === 1 ? wholeRow(whole.relation) : null
}

const fieldOf = (origin: Origin, isField: boolean): Origin => (isField ? computedFrom([origin]) : origin)

const itemNamed = (name: string, { items }: FromItems): Item | undefined =>
  items.find(({ alias }) => folded(alias) === folded(name))

const columnOf = (relation: Relation, name: string): Origin | null =>
  columnNamed(relation.columns, name)?.origin ?? relation.otherwise

/** Tables' own columns first, then names given in the select list, then what tables may have unlisted. */
function unqualified(name: string, { from, aliases }: Scope): Origin | null {
  const merged = columnNamed(from.merged, name)
  if (merged) return merged.origin
  for (const { relation } of from.items) {
    const found = columnNamed(relation.columns, name)
    if (found) return found.origin
  }
  const alias = columnNamed(aliases, name)
  if (alias) return alias.origin
  const open = from.items.flatMap(({ relation }) => relation.otherwise ?? [])
  return open.length === 0 ? null : open.length === 1 ? open[0]! : UNKNOWN
}

function wholeRow({ columns, otherwise }: Relation): Origin {
  const origins = columns.map(({ origin }) => origin)
  return computedFrom(otherwise ? [...origins, otherwise] : origins)
}
