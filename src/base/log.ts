import { renameSync, statSync } from 'node:fs'
import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger }

/** A log is renamed to `.1`, that one to `.2`, when it is this long. */
const MOST_BYTES = 10 * 2 ** 20
const OLD_LOGS = 2
/** Kept for a disk that is full for a while; what comes on top is lost. */
const MOST_UNWRITTEN = 2 ** 20

/** Structured logs as JSON lines. Children carry `run` and `step` ids: `log.child({ run, step })`. */
export function createLog(options: { level: string; file?: string }): Logger {
  const stream = options.file ? rotatingFile(options.file) : pino.destination(2)
  return pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}

/** A log that keeps nothing, for tests and one-off calls. */
export const silentLog: Logger = pino({ level: 'silent' })

/** Appends to a file and turns it over when it is long, so that a server's log never fills a disk. */
function rotatingFile(file: string): DestinationStream {
  const destination = pino.destination({ dest: file, mkdir: true, sync: true, maxLength: MOST_UNWRITTEN })
  // A line that cannot be written must not end the process: a server outlives a full disk.
  destination.on('error', () => {})
  let bytes = sizeOf(file)
  return {
    write: (line) => {
      if (bytes > MOST_BYTES) {
        turnOver(file)
        destination.reopen()
        bytes = 0
      }
      bytes += Buffer.byteLength(line)
      destination.write(line)
    },
  }
}

/** Another process may have done it in the same moment; its lines go on into the file it has open. */
function turnOver(file: string): void {
  const names = [file, ...Array.from({ length: OLD_LOGS }, (_, index) => `${file}.${index + 1}`)]
  for (let index = names.length - 1; index > 0; index--) {
    try {
      renameSync(names[index - 1] ?? file, names[index] ?? file)
    } catch {
      // Not there yet.
    }
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
