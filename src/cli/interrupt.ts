import { readFileSync } from 'node:fs'
import { EXIT } from './exit-code.js'

/** What the second Ctrl-C means: no more waiting. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * The first Ctrl-C (or TERM, or the end of the terminal) aborts the signal, so that work stops cleanly; the second ends the process at once.
 * What was committed stays, what was not is cleaned up by the next start.
 */
export function onInterrupt(
  note: (text: string) => void,
  saying: string,
): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const interrupt = () => controller.abort(new Interrupted('interrupted'))
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    note(`${saying} Again to stop at once.`)
    interrupt()
  }
  // Nobody is left to be told, or to ask for more haste.
  const hangUp = () => interrupt()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  if (!outlivesTerminal()) process.on('SIGHUP', hangUp)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      process.off('SIGHUP', hangUp)
    },
  }
}

/** True where the process was started to ignore the end of its terminal, as `nohup` does. Linux alone tells. */
function outlivesTerminal(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return ignored === undefined || (BigInt(`0x${ignored}`) & 1n) === 1n
  } catch {
    return true
  }
}
