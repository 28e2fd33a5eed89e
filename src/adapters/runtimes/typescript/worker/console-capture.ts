import { LineSplitter } from '../../../../base/lines.js'
import type { LogLevel } from '../../log-limit.js'

type Write = NodeJS.WriteStream['write']

const MAX_LINE_CHARS = 8_000

/**
 * What the author's code prints becomes lines of the step's log, limited before they leave the process. Only what
 * goes around `process.stdout`, such as a child's output, takes the pipes.
 */
export function captureConsole(
  log: (level: LogLevel, message: string, missingChars: number) => void,
): () => void {
  const flushes = [capture(process.stdout, 'info', log), capture(process.stderr, 'warn', log)]
  return () => {
    for (const flush of flushes) flush()
  }
}

function capture(
  stream: NodeJS.WriteStream,
  level: LogLevel,
  log: (level: LogLevel, message: string, missingChars: number) => void,
): () => void {
  const lines = new LineSplitter(MAX_LINE_CHARS, (line, missing) => log(level, line, missing))
  const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
    lines.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8'))
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback as () => void)
    return true
  }
  // A cast: `write` has two overloads, and this takes both.
  stream.write = write as Write
  return () => lines.flush()
}
