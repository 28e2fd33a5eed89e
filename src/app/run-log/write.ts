import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/log.js'
import type { RunEvent } from '../../executor/events.js'
import { lineOf } from './lines.js'
import { logFile, logFolder, MOST_LINES } from './place.js'

/** Runs whose logs are kept. */
const KEPT_RUNS = 500

export type RunLog = Readonly<{
  /** The event's line is in the file when this returns: who heard of the event can read it. */
  note(event: RunEvent): void
  close(): void
}>

/**
 * A run's own log, one JSON line for each thing of lasting interest, written while the run goes on. A disk that takes
 * no more lines must not stop a run: that is said in Millrace's log, once.
 */
export function openRunLog(home: string, clock: Clock, log: Logger): RunLog {
  // Opened once: a run of many small steps would otherwise spend more time on opening its log than on its steps.
  let handle: number | null = null
  let lines = 0
  let broken = false

  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!broken) log.warn({ err: error }, 'the log of this run cannot be written')
      broken = true
    }
  }

  return {
    note: (event) => {
      if (event.kind === 'run-started') attempt(() => (handle = begin(home, event.run)))
      const line = lineOf(event)
      const file = handle
      // The end is worth its line in any log.
      if (!line || file === null || broken || (lines >= MOST_LINES && event.kind !== 'run-finished')) return
      const text = `${JSON.stringify({ line: ++lines, at: clock.now(), ...line })}\n`
      attempt(() => appendFileSync(file, text))
    },
    close: () => {
      const file = handle
      handle = null
      if (file !== null) attempt(() => closeSync(file))
    },
  }
}

/** Opens the run's file, and forgets that of a run long ago. */
function begin(home: string, run: number): number {
  mkdirSync(logFolder(home), { recursive: true })
  void rm(logFile(home, run - KEPT_RUNS), { force: true }).catch(() => {})
  return openSync(logFile(home, run), 'a')
}
