import type { Clock } from './clock.js'
import { isTransient } from './errors.js'

export type RetryPolicy = Readonly<{
  /** Tries after the first one. */
  retries: number
  /** Wait before the first retry; doubles each time. */
  firstDelayMs: number
  maxDelayMs: number
}>

export type RetryOptions = RetryPolicy &
  Readonly<{
    clock: Clock
    signal?: AbortSignal | undefined
    onRetry?: (error: unknown, attempt: number, delayMs: number) => void
  }>

/** Runs `work` again after errors marked transient, with exponential backoff. Other errors pass through. */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (!isTransient(error) || attempt > options.retries || options.signal?.aborted) throw error
      const delayMs = Math.min(options.firstDelayMs * 2 ** (attempt - 1), options.maxDelayMs)
      options.onRetry?.(error, attempt, delayMs)
      await options.clock.sleep(delayMs, options.signal)
    }
  }
}
