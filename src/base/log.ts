import { type Logger, pino } from 'pino'

export type { Logger }

/** Structured logs as JSON lines. Children carry `run` and `step` ids: `log.child({ run, step })`. */
export function createLog(options: { level: string; file?: string }): Logger {
  const stream = options.file
    ? pino.destination({ dest: options.file, mkdir: true, sync: true, append: true })
    : pino.destination(2)
  return pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}

/** A log that keeps nothing, for tests and one-off calls. */
export const silentLog: Logger = pino({ level: 'silent' })
