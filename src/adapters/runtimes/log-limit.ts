import type { Clock } from '../../base/clock.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Lines at once, and lines per second once those are used up: all at its start, so that a flood is told of once. */
const BURST_LINES = 500
const LINES_PER_SECOND = 100
const REFILL_MS = 1_000
const MAX_LINE_CHARS = 4_000

/**
 * Lets an author's log through up to a rate, so that a flood of lines neither slows a step down nor fills the
 * disk. What is dropped is counted, and said with the next line that passes or by `flush`.
 */
export class LogLimit {
  private allowance = BURST_LINES
  private refilledAt: number
  private dropped = 0

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly write: (level: LogLevel, message: string) => void,
  ) {
    this.refilledAt = clock.monotonic()
  }

  push(level: LogLevel, message: string, missingChars = 0): void {
    if (!this.take()) {
      this.dropped++
      return
    }
    this.flush()
    this.write(level, shorten(message, missingChars))
  }

  flush(): void {
    if (this.dropped === 0) return
    this.write('warn', `… ${this.dropped} ${this.dropped === 1 ? 'line' : 'lines'} of log dropped`)
    this.dropped = 0
  }

  private take(): boolean {
    if (this.allowance < 1) {
      const now = this.clock.monotonic()
      const passed = now - this.refilledAt
      if (passed < REFILL_MS) return false
      this.allowance = Math.min(BURST_LINES, Math.floor((passed / 1000) * LINES_PER_SECOND))
      this.refilledAt = now
    }
    this.allowance--
    return true
  }
}

function shorten(message: string, missingChars: number): string {
  const missing = missingChars + Math.max(0, message.length - MAX_LINE_CHARS)
  return missing === 0 ? message : `${message.slice(0, MAX_LINE_CHARS)}… (${missing} more characters)`
}
