import type { Diagnostic } from '../../domain/diagnostic.js'
import type { Terminal } from './terminal.js'

/** One diagnostic as two lines: where and what, then what to do. */
export function diagnosticLines(diagnostic: Diagnostic, { paint }: Pick<Terminal, 'paint'>): string[] {
  const { file, line, column, severity, code, message, hint } = diagnostic
  const word = severity === 'error' ? paint.red('error') : paint.yellow('warning')
  return [
    `${paint.bold(`${file}:${line}:${column}`)} ${word} ${message} ${paint.dim(code)}`,
    ...(hint ? [`  ${hint}`] : []),
  ]
}
