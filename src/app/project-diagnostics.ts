import { MillraceError } from '../base/errors.js'
import type { Diagnostic } from '../domain/diagnostic.js'

/** All that PROJECT_INVALID says is wrong; nothing for any other error. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof MillraceError) || error.code !== 'PROJECT_INVALID') return []
  // The table of errors promises them; see errors.ts.
  return error.params.diagnostics as readonly Diagnostic[]
}
