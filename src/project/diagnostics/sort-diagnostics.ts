import type { Diagnostic } from '../../domain/diagnostic.js'

/** By file, line and column; equal ones once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const distinct = new Map(
    diagnostics.map((diagnostic) => [
      [diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.code, diagnostic.message].join('\0'),
      diagnostic,
    ]),
  )
  return [...distinct.values()].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  )
}
