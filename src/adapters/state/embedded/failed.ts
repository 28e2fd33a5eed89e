import { join } from 'node:path'
import { type MillraceError, messageOf } from '../../../base/errors.js'
import { stateError } from '../errors.js'

/** The server's log, and ours where it never came to life. */
export const logPath = (home: string): string => join(home, 'postgres.log')

export const embeddedFailed = (home: string, detail: string, cause?: unknown): MillraceError =>
  stateError('STATE_EMBEDDED_FAILED', { detail, log: logPath(home) }, { cause })

/** The code of an operating system error (`EACCES`), or the text of anything else. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : messageOf(error)
