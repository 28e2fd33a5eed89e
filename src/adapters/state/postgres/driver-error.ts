import { MillraceError, messageOf } from '../../../base/errors.js'
import { stateError } from '../errors.js'

/** Operating system errors of a connection. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'EACCES',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/**
 * Postgres' own codes for "not now" and "not you": connection exceptions, shutdown and crash, start-up, too many
 * connections, a wrong password, a database that isn't there.
 */
const REFUSED = /^(08|28)|^(57P0[1-5]|53300|3D000)$/

/** What `pg` says, without a code, when a connection is lost or never came. */
const LOST =
  /connection terminated|connection error|timeout exceeded when trying to connect|client was closed/i

/** A deadlock or a serialization failure: the transaction may simply be run again. */
export const isConflict = (error: unknown): boolean =>
  error instanceof MillraceError && ['40P01', '40001'].includes(codeOf(error.cause) ?? '')

/** `target` is the database without its password. Errors that are ours already pass through. */
export function translate(error: unknown, target: string): MillraceError {
  if (error instanceof MillraceError) return error
  const detail = detailOf(error)
  const options = { cause: error }
  return isUnreachable(error)
    ? stateError('STATE_UNREACHABLE', { target, detail }, options)
    : stateError('STATE_STATEMENT_FAILED', { detail }, options)
}

function isUnreachable(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined) return UNREACHABLE.has(code) || REFUSED.test(code)
  return LOST.test(messageOf(error))
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A name with several addresses fails with one error for each and no message of its own. */
function detailOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((inner: unknown) => messageOf(inner)).join('; ')
  const hint = error instanceof Error && 'detail' in error && error.detail ? ` (${error.detail})` : ''
  return `${messageOf(error)}${hint}`
}
