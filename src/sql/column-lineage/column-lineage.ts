import type { InputColumns } from './from-clause.js'
import { type Origin, UNKNOWN } from './origin.js'
import { OUTSIDE, queryReader } from './query.js'
import { columnNamed } from './relation.js'
import { isTree, treeOf, treesOf } from './tree.js'

export type ColumnOrigin = Origin & Readonly<{ column: string }>

/**
 * Which columns of what a statement reads each of its own columns is made of, from its parse tree as
 * `json_serialize_sql` prints it. It tells of values, not of rows: what a WHERE, a join's condition or a GROUP BY
 * looks at decides which rows there are, and is left out. Best effort: what the text does not tell is `unknown`.
 * `outputs` are the statement's columns as the engine names them, null where it was not asked.
 */
export function columnLineage(
  canonical: string,
  inputs: InputColumns,
  outputs: readonly string[] | null,
): readonly ColumnOrigin[] {
  const [statement] = treesOf(treeOf(parsed(canonical)).statements)
  if (!statement) return (outputs ?? []).map((column) => ({ column, ...UNKNOWN }))
  const { columns, otherwise } = queryReader(inputs)(statement.node, OUTSIDE)
  if (outputs === null)
    return otherwise !== null || columns.some(({ name }) => name === '')
      ? []
      : columns.map(({ name, origin }) => ({ column: name, ...origin }))
  const inOrder = otherwise === null && columns.length === outputs.length
  return outputs.map((column, at) => ({
    column,
    ...((inOrder ? columns[at] : columnNamed(columns, column))?.origin ?? otherwise ?? UNKNOWN),
  }))
}

/** Cutting positions out of the tree's text left commas before closing brackets; texts are passed over. */
function parsed(canonical: string): unknown {
  const text = canonical.replace(/"(?:[^"\\]|\\.)*"|,(?=[}\]])/g, (found) => (found === ',' ? '' : found))
  const value: unknown = JSON.parse(text)
  return isTree(value) ? value : {}
}
