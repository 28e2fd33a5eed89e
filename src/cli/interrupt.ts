import { EXIT } from './exit-code.js'

/** What the second Ctrl-C means: no more waiting. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * The first Ctrl-C (or TERM) aborts the signal, so that work stops cleanly; the second ends the process at once.
 * What was committed stays, what was not is cleaned up by the next start.
 */
export function onInterrupt(
  note: (text: string) => void,
  saying: string,
): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    note(`${saying} Again to stop at once.`)
    controller.abort(new Interrupted('interrupted'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
