import { MillraceError, messageOf } from '../../../base/errors.js'
import { sourceError } from '../errors.js'

/** Codes of SQLSTATE, or their first two characters, that pass by themselves. */
const TRANSIENT = ['08', '53', '57P', '40', '58', 'XX']

/**
 * Values that do not come over: out of range or no text of the type that is declared, where the server casts it; bytes
 * that are no text in the database's encoding.
 */
const UNFIT: ReadonlySet<string> = new Set(['22003', '22007', '22008', '22P02', '22021', '22P05'])

/** An error of pg, of the socket, or of the decoder as one of ours. */
export function translateError(
  error: unknown,
  at: { connection: string; table: string },
  signal?: AbortSignal,
): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof MillraceError) return error
  const { connection, table } = at
  const { code, name } = fieldsOf(error)
  const detail = detailOf(error)
  if (name === 'RangeError') return sourceError('SOURCE_VALUE_UNFIT', { table, detail }, { cause: error })
  if (code === '55P03' || code === '57014')
    return sourceError('SOURCE_BLOCKED', { connection, detail }, { cause: error })
  if (UNFIT.has(code)) return sourceError('SOURCE_VALUE_UNFIT', { table, detail }, { cause: error })
  // No code of Postgres begins with an E; those of the system do, and EPIPE is as long.
  const answered = /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code)
  if (answered && !TRANSIENT.some((start) => code.startsWith(start)))
    return sourceError('SOURCE_REFUSED', { connection, detail, isRight: isRight(code) }, { cause: error })
  return sourceError('SOURCE_UNREACHABLE', { connection, detail }, { cause: error })
}

/** What the server says of a snapshot it does not know, among others. */
export const INVALID_PARAMETER = '22023'

/** Who may connect, and what they may read. */
const isRight = (code: string): boolean => code.startsWith('28') || code === '42501'

/** Errors from the worker thread come with their fields, but not with their class. */
function fieldsOf(error: unknown): { code: string; name: string } {
  if (!(error instanceof Error)) return { code: '', name: '' }
  const { code } = error as Error & { code?: unknown }
  return { code: typeof code === 'string' ? code : '', name: error.name }
}

/** Several addresses tried in vain come as one error without words. */
function detailOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return messageOf(error) || String(error)
}
