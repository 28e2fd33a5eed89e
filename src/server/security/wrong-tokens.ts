import type { Clock } from '../../base/clock.js'

const WINDOW_MS = 60_000

/** Counts wrong tokens of the last minute. The right one is never counted and never refused. */
export class WrongTokens {
  private times: number[] = []

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly most: number,
  ) {}

  /** Notes one; true if there were too many of late. */
  add(): boolean {
    const now = this.clock.monotonic()
    this.times = this.times.filter((time) => now - time < WINDOW_MS)
    const tooMany = this.times.length >= this.most
    if (!tooMany) this.times.push(now)
    return tooMany
  }
}
