import type { Clock } from '../base/clock.js'

/** A sleep that can be cut short. Rung while nobody sleeps, the next sleep ends at once. */
export class Alarm {
  private rung = false
  private wake = () => {}

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.rung = true
    this.wake()
  }

  /** Resolves after `ms`, when it rings, or when the signal is aborted, whichever comes first. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) await this.sleepThrough(ms, signal)
    this.rung = false
  }

  private async sleepThrough(ms: number, signal: AbortSignal): Promise<void> {
    const cut = new AbortController()
    const wake = () => cut.abort()
    this.wake = wake
    signal.addEventListener('abort', wake, { once: true })
    try {
      await this.clock.sleep(ms, cut.signal)
    } catch (error) {
      if (!cut.signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', wake)
      this.wake = () => {}
    }
  }
}
