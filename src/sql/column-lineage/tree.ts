/** A node of a parse tree as DuckDB's `json_serialize_sql` prints it. */
export type Tree = Readonly<Record<string, unknown>>

export function isTree(value: unknown): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export const treeOf = (value: unknown): Tree => (isTree(value) ? value : {})
export const treesOf = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.filter(isTree) : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Names of columns and tables are the same whatever their letters' case. */
export const folded = (name: string): string => name.toLowerCase()
