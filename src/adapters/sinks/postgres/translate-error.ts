import { DatabaseError } from 'pg'
import { MillraceError, messageOf } from '../../../base/errors.js'
import { sinkError } from '../errors.js'

const NETWORK =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|ENOENT$|EACCES$)|Connection terminated|timeout expired|Client has encountered a connection error|Client was closed/

/** Locks not granted, deadlocks, serialisation failures, statements stopped by the server. */
const BLOCKED = new Set(['55P03', '40P01', '40001', '57014'])

/** Shutdown, start-up, no free slot, lost connections: the same statement may work later. */
const isPassing = (sqlState: string): boolean => /^08|^(53300|57P01|57P02|57P03|57P05)$/.test(sqlState)

/** A full disk, no memory, a limit that was set, a failing disk: it may work when somebody made room. */
const isExhausted = (sqlState: string): boolean => /^(53|58)/.test(sqlState)

export const isLockTimeout = (cause: unknown): boolean =>
  cause instanceof DatabaseError && cause.code === '55P03'

/**
 * What the driver threw as one of our codes. Errors that are ours already pass through. `holder`: who is in the way.
 */
export function translateError(cause: unknown, connection: string, table: string, holder?: string): unknown {
  if (cause instanceof MillraceError) return cause
  if (cause instanceof DatabaseError) return translateDatabaseError(cause, connection, table, holder)
  // The encoder's word for a value that Postgres cannot hold.
  if (cause instanceof RangeError) {
    return sinkError('SINK_REFUSED', { connection, detail: `${table}: ${cause.message}` }, { cause })
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (NETWORK.test(code) || NETWORK.test(messageOf(cause))) {
    return sinkError('SINK_UNREACHABLE', { connection, detail: networkDetail(cause, code) }, { cause })
  }
  return cause
}

/** While connecting, whatever is not the server's own word is the way to it: no SSL, a certificate, a deaf socket. */
export function translateConnectError(cause: unknown, connection: string): unknown {
  const translated = translateError(cause, connection, connection)
  if (translated !== cause || !(cause instanceof Error) || cause instanceof TypeError) return translated
  return sinkError('SINK_UNREACHABLE', { connection, detail: messageOf(cause) }, { cause })
}

function translateDatabaseError(
  cause: DatabaseError,
  connection: string,
  table: string,
  holder: string | undefined,
): MillraceError {
  const sqlState = cause.code ?? ''
  const detail = [cause.message, cause.detail, holder].filter(Boolean).join(': ')
  if (BLOCKED.has(sqlState)) return sinkError('SINK_BLOCKED', { table, detail }, { cause })
  if (isPassing(sqlState)) return sinkError('SINK_UNREACHABLE', { connection, detail }, { cause })
  if (isExhausted(sqlState)) return sinkError('SINK_EXHAUSTED', { connection, detail }, { cause })
  return sinkError('SINK_REFUSED', { connection, detail }, { cause })
}

/** A refused connection on several addresses comes as an AggregateError with an empty message. */
function networkDetail(cause: unknown, code: string): string {
  const inner = cause instanceof AggregateError ? cause.errors.map(messageOf).join('; ') : messageOf(cause)
  return inner === '' ? code : inner
}
