import { linkSignals } from '../../../../base/link-signals.js'
import { engineError } from '../../errors.js'

/**
 * Rejects when the time is over or the signal is aborted, even where the engine cannot stop at once: it looks for an
 * interrupt only between two steps. `work` is given the signal that says so, and ends when it can.
 * @throws ENGINE_QUERY_TOO_LONG, the signal's reason
 */
export async function withinTime<T>(
  timeMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const limited = linkSignals(signal)
  const timer = setTimeout(
    () => limited.abort(engineError('ENGINE_QUERY_TOO_LONG', { seconds: timeMs / 1000 })),
    timeMs,
  )
  const over = new Promise<never>((_, reject) => {
    limited.signal.addEventListener('abort', () => reject(limited.signal.reason), { once: true })
  })
  try {
    return await Promise.race([work(limited.signal), over])
  } finally {
    clearTimeout(timer)
    limited.unlink()
  }
}
