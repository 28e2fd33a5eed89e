import type { Clock } from '../../../base/clock.js'
import type { Logger } from '../../../base/log.js'
import type { RunEnd } from './runs.js'

const AGAIN_MS = 5_000

type Deps = Readonly<{ clock: Clock; log: Logger; write: (run: number, end: RunEnd) => Promise<void> }>

/**
 * Writes down how runs ended. This process lives on when its state was away for longer than a statement is patient, so
 * nobody else gives up the run and frees what it had locked: it is tried again beside everything else.
 */
export class RunEnds {
  private readonly closed = new AbortController()

  constructor(private readonly deps: Deps) {}

  async write(run: number, end: RunEnd): Promise<void> {
    try {
      await this.deps.write(run, end)
    } catch (error) {
      void this.writeLater(run, end)
      throw error
    }
  }

  /** What is not written by now is left to the next process: it finds that this one is gone. */
  close(): void {
    this.closed.abort()
  }

  private async writeLater(run: number, end: RunEnd): Promise<void> {
    const { clock, log, write } = this.deps
    const { signal } = this.closed
    while (!signal.aborted) {
      await clock.sleep(AGAIN_MS, signal).catch(() => {})
      if (signal.aborted) return
      try {
        return await write(run, end)
      } catch (error) {
        log.warn({ err: error, run }, 'the end of a run could not be written down; trying again')
      }
    }
  }
}
