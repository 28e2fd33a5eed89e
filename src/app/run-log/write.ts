import { mkdirSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/log.js'
import type { RunEvent } from '../../executor/events.js'
import { lineOf } from './lines.js'
import { logFile, logFolder, MOST_LINES } from './place.js'

/** Runs whose logs are kept. */
const KEPT_RUNS = 500

export type RunLog = Readonly<{
  note(event: RunEvent): void
  /** Resolves when all that was noted is in the file. */
  close(): Promise<void>
}>

/**
 * A run's own log, one JSON line for each thing of lasting interest, written while the run goes on. A disk that takes
 * no more lines must not stop a run: that is said in Millrace's log, once.
 */
export function openRunLog(home: string, clock: Clock, log: Logger): RunLog {
  let file: string | null = null
  let lines = 0
  let waiting: string[] = []
  let writing: Promise<void> | null = null
  let broken = false

  let handle: FileHandle | null = null

  // Opened once: a run of many small steps would otherwise spend more time on opening its log than on its steps.
  const write = async () => {
    while (file !== null && waiting.length > 0) {
      const text = waiting.join('')
      waiting = []
      try {
        handle ??= await open(file, 'a')
        await handle.appendFile(text)
      } catch (error) {
        if (!broken) log.warn({ err: error, file }, 'the log of this run cannot be written')
        broken = true
      }
    }
    writing = null
  }

  return {
    note: (event) => {
      if (event.kind === 'run-started') file = begin(home, event.run)
      const line = lineOf(event)
      // The end is worth its line in any log.
      if (!line || broken || (lines >= MOST_LINES && event.kind !== 'run-finished')) return
      lines++
      waiting.push(`${JSON.stringify({ line: lines, at: clock.now(), ...line })}\n`)
      // In a moment of its own: what happens together is written together.
      writing ??= Promise.resolve().then(write)
    },
    close: async () => {
      await writing
      await handle?.close().catch(() => {})
      handle = null
    },
  }
}

function begin(home: string, run: number): string {
  mkdirSync(logFolder(home), { recursive: true })
  void rm(logFile(home, run - KEPT_RUNS), { force: true }).catch(() => {})
  return join(logFile(home, run))
}
