import { MillraceError } from '../base/errors.js'
import type { Diagnostic } from '../domain/diagnostic.js'

const WITH_DIAGNOSTICS = ['PROJECT_INVALID', 'REPORT_INVALID']

/** All that is wrong with a project or a report; nothing for any other error. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof MillraceError) || !WITH_DIAGNOSTICS.includes(error.code)) return []
  // The table of errors promises them; see errors.ts.
  return error.params.diagnostics as readonly Diagnostic[]
}

/** The same; an error that is not about the project's files, a state that is away for one, stands for itself. */
export function mistakesOf(error: MillraceError): readonly Diagnostic[] {
  const found = diagnosticsOf(error)
  if (found.length > 0) return found
  const { code, message, hint = '' } = error
  return [{ code, severity: 'error', file: 'millrace.yaml', line: 1, column: 1, message, hint }]
}
