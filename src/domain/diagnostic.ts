import type { ErrorSpec } from '../base/errors.js'

export type DiagnosticSeverity = 'error' | 'warning'

/** A user's mistake, found while loading or planning. Lines and columns count from 1. */
export type Diagnostic = Readonly<{
  code: string
  severity: DiagnosticSeverity
  /** Relative to the project folder, with forward slashes. */
  file: string
  line: number
  column: number
  message: string
  hint: string
}>

/** Where a diagnostic points. */
export type Location = Readonly<{ file: string; line: number; column: number }>

type DiagnosticSpec<P> = Required<Pick<ErrorSpec<P>, 'message' | 'hint'>> & { severity?: DiagnosticSeverity }
type Table = Readonly<Record<string, DiagnosticSpec<never>>>

/** Turns a table of codes into a maker of diagnostics; a wrong parameter is a compile error. */
export function defineDiagnostics<T extends Table>(table: T) {
  function make<C extends keyof T & string>(
    code: C,
    params: Parameters<T[C]['message']>[0],
    at: Location,
  ): Diagnostic {
    const spec = table[code] as DiagnosticSpec<never>
    return {
      code,
      severity: spec.severity ?? 'error',
      file: at.file,
      line: at.line,
      column: at.column,
      message: spec.message(params),
      hint: spec.hint(params),
    }
  }
  return Object.assign(make, { table })
}
