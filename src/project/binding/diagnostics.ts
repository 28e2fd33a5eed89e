import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean } from '../diagnostics/nearest.js'

/** What comes to light when the engine binds a statement to real columns. */
export const bindDiagnostic = defineDiagnostics({
  STATEMENT_UNBOUND: {
    message: (p: { asset: string; detail: string; hint: string }) => `${p.detail}.`,
    hint: (p: { hint: string }) => p.hint,
  },
  CHECK_UNBOUND: {
    message: (p: { check: string; detail: string }) => `The check "${p.check}" cannot be asked: ${p.detail}.`,
    hint: () => 'The message is the engine’s own. Correct the check.',
  },
  COLUMN_UNKNOWN: {
    message: (p: { what: string; column: string; asset: string; known: readonly string[] }) =>
      `${p.asset} has no column "${p.column}" (${p.what}).`,
    hint: (p: { column: string; known: readonly string[] }) => didYouMean(p.column, p.known, 'Name another.'),
  },
  COLUMN_NOT_GIVEN: {
    message: (p: { column: string; asset: string; known: readonly string[] }) =>
      `The header declares a column "${p.column}" that the statement of ${p.asset} does not give.`,
    hint: (p: { column: string; known: readonly string[] }) => didYouMean(p.column, p.known, 'Remove it.'),
  },
  COLUMN_TYPE: {
    message: (p: { column: string; declared: string; actual: string }) =>
      `"${p.column}" is declared as ${p.declared}, but the statement gives ${p.actual}.`,
    hint: (p: { column: string; declared: string; actual: string }) =>
      `Cast it in the statement (${p.column}::${p.declared.toLowerCase()}), or declare ${p.actual.toLowerCase()}.`,
  },
  COLUMN_TWICE: {
    message: (p: { column: string; asset: string }) =>
      `The statement of ${p.asset} gives "${p.column}" twice.`,
    hint: (p: { column: string }) => `Give one of them another name: … as other_${p.column}.`,
  },
})
