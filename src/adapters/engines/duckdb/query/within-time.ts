import { linkSignals } from '../../../../base/link-signals.js'
import { engineError } from '../../errors.js'

/**
 * Rejects when the time is over or the signal is aborted, even where the engine cannot stop at once: it looks for an
 * interrupt only between two steps. `work` is given the signal that says so, and ends when it can; it says when its
 * turn came.
 * @throws ENGINE_QUERY_TOO_LONG, ENGINE_QUERIES_BUSY if its turn never came, the signal's reason
 */
export async function withinTime<T>(
  timeMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, begun: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const limited = linkSignals(signal)
  let code: 'ENGINE_QUERY_TOO_LONG' | 'ENGINE_QUERIES_BUSY' = 'ENGINE_QUERIES_BUSY'
  const begun = () => {
    code = 'ENGINE_QUERY_TOO_LONG'
  }
  const timer = setTimeout(() => limited.abort(engineError(code, { seconds: timeMs / 1000 })), timeMs)
  const over = new Promise<never>((_, reject) => {
    limited.signal.addEventListener('abort', () => reject(limited.signal.reason), { once: true })
  })
  try {
    return await Promise.race([work(limited.signal, begun), over])
  } finally {
    clearTimeout(timer)
    limited.unlink()
  }
}
