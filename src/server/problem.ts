import { MillraceError } from '../base/errors.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import { FAULT } from './errors.js'
import { statusOf } from './status-of.js'

export const PROBLEM_TYPE = 'application/problem+json'

/** An error on its way over HTTP (RFC 9457), with the code, message and hint that the command line prints. */
export type Problem = Readonly<{
  type: string
  title: string
  status: number
  detail: string
  code: string
  hint: string
  /** True where the same request may succeed later. */
  transient: boolean
  /** Mistakes in the project, where the code is PROJECT_INVALID. */
  diagnostics?: readonly Diagnostic[]
}>

/** What the caller is told of anything thrown. Of faults only that they happened: the log has the rest. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof MillraceError)) return FAULT_PROBLEM
  return {
    ...named(error.code),
    status: statusOf(error),
    detail: error.message,
    hint: error.hint ?? '',
    transient: error.transient,
    ...(error.code === 'PROJECT_INVALID' && {
      // The table of codes types this parameter; here only its shape is left.
      diagnostics: error.params.diagnostics as readonly Diagnostic[],
    }),
  }
}

/** The code as a link and as words: `ASSET_UNKNOWN`, "Asset unknown". */
function named(code: string): Pick<Problem, 'type' | 'title' | 'code'> {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return { type: `urn:millrace:error:${code}`, title: words.charAt(0).toUpperCase() + words.slice(1), code }
}

const FAULT_PROBLEM: Problem = {
  ...named(FAULT),
  status: 500,
  detail: 'Millrace broke while it answered. Nothing is known to be lost.',
  hint: 'This is a fault of Millrace: .millrace/millrace.log on the server has the details; please report it.',
  transient: false,
}

/** The error that the server had, with the same code; null if the body is no problem document. */
export function errorOf(body: unknown): MillraceError | null {
  if (typeof body !== 'object' || body === null) return null
  const { code, detail, hint, transient, diagnostics } = body as Partial<Record<keyof Problem, unknown>>
  if (typeof code !== 'string' || typeof detail !== 'string') return null
  const params = Array.isArray(diagnostics) ? { diagnostics } : {}
  return new MillraceError(
    code,
    detail,
    typeof hint === 'string' && hint !== '' ? hint : undefined,
    transient === true,
    params,
  )
}
