/** A column of an asset. `type` is the engine's own spelling, upper case: `BIGINT`, `TIMESTAMP WITH TIME ZONE`. */
export type Column = Readonly<{ name: string; type: string }>

export const columnNames = (columns: readonly Column[]): string[] => columns.map((column) => column.name)

/** Columns present on one side only, or with another type. */
export type ColumnDifference = Readonly<{
  added: readonly Column[]
  removed: readonly Column[]
  retyped: readonly { name: string; before: string; after: string }[]
}>

export function diffColumns(before: readonly Column[], after: readonly Column[]): ColumnDifference {
  const old = new Map(before.map((column) => [column.name, column.type]))
  const fresh = new Map(after.map((column) => [column.name, column.type]))
  return {
    added: after.filter((column) => !old.has(column.name)),
    removed: before.filter((column) => !fresh.has(column.name)),
    retyped: after.flatMap(({ name, type }) => {
      const previous = old.get(name)
      return previous !== undefined && previous !== type ? [{ name, before: previous, after: type }] : []
    }),
  }
}

export const sameColumns = (difference: ColumnDifference): boolean =>
  difference.added.length + difference.removed.length + difference.retyped.length === 0
