import pg from 'pg'
import { MillraceError, messageOf } from '../../../base/errors.js'
import { stateError } from '../errors.js'

/** Postgres' codes for a connection that is not given now, or was cut: shutdown, crash and start-up among them. */
const LOST = /^08|^57P0[1-5]$/

/** Postgres' codes for "not you": too many connections, a wrong password, a database that isn't there. */
const REFUSED = /^28|^(53300|3D000)$/

const NOT_ALLOWED = '42501'
const DISK_FULL = '53100'

/** A deadlock or a serialization failure: the transaction may simply be run again. */
export const isConflict = (error: unknown): boolean =>
  error instanceof MillraceError && ['40P01', '40001'].includes(codeOf(error.cause) ?? '')

/** `target` is the database without its password. Errors that are ours already pass through. */
export function translate(error: unknown, target: string): MillraceError {
  if (error instanceof MillraceError) return error
  const detail = detailOf(error)
  const options = { cause: error }
  if (isUnreachable(error)) return stateError('STATE_UNREACHABLE', { target, detail }, options)
  if (codeOf(error) === NOT_ALLOWED) return stateError('STATE_NOT_ALLOWED', { target, detail }, options)
  if (codeOf(error) === DISK_FULL) return stateError('STATE_FULL', { target, detail }, options)
  return stateError('STATE_STATEMENT_FAILED', { detail }, options)
}

/**
 * The connection was not given, or was cut: a server that starts, ends or died. Where the server itself says nothing,
 * the words are those of the socket or of `pg`, and differ by the moment at which the connection broke.
 */
export function isLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return LOST.test(error.code ?? '')
  return error instanceof Error && !(error instanceof TypeError)
}

const isUnreachable = (error: unknown): boolean => isLost(error) || REFUSED.test(codeOf(error) ?? '')

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
