/** A table name as a statement spells it; empty where it has no such part. Positions are byte offsets. */
export type TableReference = Readonly<{ catalog: string; schema: string; table: string; offset: number }>

export type ParsedSql = Readonly<
  | {
      ok: true
      /** Tables read, CTE names and what they shadow left out; one entry per place. */
      references: readonly TableReference[]
      /** Table functions called (`read_csv`, `range` …), lower case. */
      tableFunctions: readonly string[]
      /** All other functions called, lower case and sorted; `describe` for every DESCRIBE, SUMMARIZE or SHOW in brackets. */
      functions: readonly string[]
      /** `$name` parameters, without the dollar, sorted. */
      parameters: readonly string[]
      /** The parse tree as text, without positions: equal for statements that differ in comments or layout. */
      canonical: string
      statements: number
    }
  | {
      ok: false
      message: string
      /** Byte offset of the error, null where the parser names none. */
      offset: number | null
      /** `syntax`, or `not_a_select` for a statement that is not a query. */
      kind: 'syntax' | 'not_a_select'
      statements: number
    }
>

/** Parses many statements at once, in order. Implemented by an engine: its own parser decides what SQL is. */
export type SqlParser = (texts: readonly string[]) => Promise<ParsedSql[]>
