import { type Origin, oneOf } from './origin.js'
import { folded } from './tree.js'

/** `name` is empty where the engine makes one up. */
export type RelationColumn = Readonly<{ name: string; origin: Origin }>

/** What a query or a table yields. */
export type Relation = Readonly<{
  columns: readonly RelationColumn[]
  /** Origin of columns that are not listed; null where all are. */
  otherwise: Origin | null
}>

export const openRelation = (otherwise: Origin): Relation => ({ columns: [], otherwise })

/** `t(a, b)`: the first columns get other names; of an unlisted relation they become its only known ones. */
export function renamed({ columns, otherwise }: Relation, names: readonly string[]): Relation {
  const known = columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }))
  if (otherwise === null) return { columns: known, otherwise }
  const more = names.slice(columns.length).map((name) => ({ name, origin: otherwise }))
  return { columns: [...known, ...more], otherwise }
}

export const columnNamed = (columns: readonly RelationColumn[], name: string): RelationColumn | undefined =>
  columns.find((column) => folded(column.name) === folded(name))

/** Rows of both, column by column in order; the names are the left side's. */
export function unionOf(left: Relation, right: Relation): Relation {
  return {
    columns: left.columns.map(({ name, origin }, at) => {
      const other = right.columns[at]?.origin ?? right.otherwise
      return { name, origin: other ? oneOf([origin, other]) : origin }
    }),
    otherwise: eitherOtherwise(left, right),
  }
}

/** Rows of both, columns of one name together. */
export function unionByName(left: Relation, right: Relation): Relation {
  const joined = left.columns.map(({ name, origin }) => {
    const other = columnNamed(right.columns, name)?.origin ?? right.otherwise
    return { name, origin: other ? oneOf([origin, other]) : origin }
  })
  const added = right.columns.filter(({ name }) => !columnNamed(left.columns, name))
  return { columns: [...joined, ...added], otherwise: eitherOtherwise(left, right) }
}

function eitherOtherwise(left: Relation, right: Relation): Origin | null {
  const origins = [left.otherwise, right.otherwise].filter((origin) => origin !== null)
  return origins.length === 0 ? null : oneOf(origins)
}
