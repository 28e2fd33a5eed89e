import { diagnosticsOf } from '../app/project-diagnostics.js'
import { MillraceError, messageOf } from '../base/errors.js'
import { EXIT } from './exit-code.js'
import { Interrupted } from './interrupt.js'
import { diagnosticLines } from './output/diagnostics.js'
import { plural } from './output/numbers.js'
import type { Terminal } from './output/terminal.js'

/** Codes that mean the caller can mend it by asking differently: exit code 2. */
const USAGE_CODES = new Set([
  'USAGE_INVALID',
  'INIT_FOLDER_UNUSABLE',
  'ENGINE_QUERY_FAILED',
  'ENGINE_QUERY_REFUSED',
  'PROJECT_INVALID',
  'PROJECT_NOT_FOUND',
  'SELECTION_UNKNOWN',
  'ACCEPT_UNKNOWN',
  'ASSET_UNKNOWN',
  'WINDOW_INVALID',
  'WINDOW_EMPTY',
  'ALERT_UNKNOWN',
  'ALERT_RESOLVED',
  'SILENCE_UNKNOWN',
  'SILENCE_INVALID',
  'QUERY_LIMIT_INVALID',
  'ENVIRONMENT_UNKNOWN',
  'INIT_FOLDER_TAKEN',
  'REPORT_UNKNOWN',
  'REPORT_INVALID',
  'TENANT_UNKNOWN',
  'TENANT_NOT_ASKED',
  'PERIOD_INVALID',
  'REPORT_FOLDER_UNWRITABLE',
  'SOURCE_TABLE_MISSING',
  'SOURCE_COLUMN_MISSING',
  'SERVER_RUNNING',
  'PORT_TAKEN',
  'PORT_INVALID',
  'RUNS_INVALID',
  'ADDRESS_UNUSABLE',
  'HOST_NEEDS_NAME',
  'HOST_NAME_INVALID',
  'REQUEST_INVALID',
])

/** Prints why a command ended early and returns the exit code. A stack trace is only for Millrace's own faults. */
export function reportFailure(error: unknown, terminal: Terminal, json: boolean): number {
  if (error instanceof Interrupted) return EXIT.interrupted
  if (!(error instanceof MillraceError)) return reportFault(error, terminal, json)
  const diagnostics = diagnosticsOf(error)
  if (json)
    terminal.out(
      JSON.stringify({
        error: { code: error.code, message: error.message, hint: error.hint ?? '' },
        diagnostics,
      }),
    )
  else if (diagnostics.length > 0) {
    for (const diagnostic of diagnostics)
      for (const line of diagnosticLines(diagnostic, terminal)) terminal.note(line)
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    terminal.note(`\n${plural(errors, 'mistake')} in the project. Nothing was changed.`)
  } else {
    terminal.note(`${terminal.paint.red('error')} ${error.message} ${terminal.paint.dim(error.code)}`)
    if (error.hint) terminal.note(`  ${error.hint}`)
  }
  return USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed
}

function reportFault(error: unknown, terminal: Terminal, json: boolean): number {
  const message = messageOf(error)
  if (json) terminal.out(JSON.stringify({ error: { code: 'FAULT', message, hint: '' }, diagnostics: [] }))
  terminal.note(`${terminal.paint.red('error')} Millrace broke: ${message}`)
  terminal.note('  This is a fault of Millrace. Please report it with these lines:')
  if (error instanceof Error && error.stack) terminal.note(error.stack)
  return EXIT.failed
}
