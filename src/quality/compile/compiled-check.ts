/**
 * What a check needs measured. All SQL is over the names `this` and `after`. `where` is the author's; `applies`
 * leaves out rows that have nothing to judge (NULL). `failing` is never true for such a row by itself.
 */
export type CompiledCheck = Readonly<
  /** Judged row by row in the pass that all such checks share. */
  | { form: 'condition'; where: string | null; applies: string | null; failing: string }
  /**
   * Rows are compared with other rows: a statement of its own. `rowIds` if not simply the failing rows. `suspects`
   * is a cheaper query that gives a row if any row fails: most of the time none does.
   */
  | {
      form: 'lookup'
      where: string | null
      applies: string | null
      failing: string
      rowIds?: string
      suspects?: string
    }
  /** The author's own statement, which yields the failing rows. */
  | { form: 'statement'; where: string | null; statement: string }
  /** Numbers of the table as it will be: a count of rows, or the newest time. */
  | { form: 'count'; where: string | null }
  | { form: 'newest'; newest: string; ahead: string }
  /** Looks at the columns alone. */
  | { form: 'columns'; problems: readonly string[] }
  /** The check does not fit the asset's columns. */
  | { form: 'unfit'; problem: string }
>

/** Checks that point at rows. */
export type RowForm = Extract<
  CompiledCheck,
  { where: string | null; form: 'condition' | 'lookup' | 'statement' }
>

export const isRowForm = (compiled: CompiledCheck): compiled is RowForm =>
  compiled.form === 'condition' || compiled.form === 'lookup' || compiled.form === 'statement'

/** An author's condition, closed off so that a comment at its end swallows nothing of ours. */
export const enclosed = (condition: string): string => `(${condition}\n)`

/** Rows a check looks at; null: every row. */
export function lookedAt(compiled: RowForm): string | null {
  const applies = compiled.form === 'statement' ? null : compiled.applies
  if (applies !== null) return both(compiled.where, applies)
  return compiled.where === null ? null : enclosed(compiled.where)
}

/** `first and second`, either of which may be missing. */
export function both(first: string | null, second: string): string {
  return first === null ? second : `${enclosed(first)} and ${second}`
}
