import type { TickEnd, TickStore } from '../adapters/state/tick-store.js'
import type { Clock } from '../base/clock.js'
import { isTransient, messageOf } from '../base/errors.js'
import type { Logger } from '../base/log.js'
import { brokenRunNote, type Tick } from '../domain/schedule.js'
import type { DueTicks, TickOutcome } from './scheduled.js'

const AGAIN_MS = 5_000
const GIVEN_BACK: TickEnd = { status: 'due', run: null, note: '' }

export type StartDeps = Readonly<{
  clock: Clock
  log: Logger
  ticks: TickStore
  start(due: DueTicks): Promise<TickOutcome>
  /** A subject is free again. */
  onEnd(): void
}>

/** What was started and has not ended. While a subject is among it, nothing more is started for it. */
export class Starts {
  private readonly busy = new Set<string>()
  private readonly going = new Set<Promise<void>>()

  constructor(
    private readonly deps: StartDeps,
    private readonly signal: AbortSignal,
  ) {}

  has(subject: string): boolean {
    return this.busy.has(subject)
  }

  begin(due: DueTicks): void {
    for (const { subject } of due.ticks) this.busy.add(subject)
    const going = this.carryOut(due).finally(() => {
      for (const { subject } of due.ticks) this.busy.delete(subject)
      this.going.delete(going)
      this.deps.onEnd()
    })
    this.going.add(going)
  }

  async ended(): Promise<void> {
    await Promise.all(this.going)
  }

  private async carryOut(due: DueTicks): Promise<void> {
    const end = await this.endOf(due)
    if (end) await this.settle(due.ticks, end)
  }

  /**
   * What becomes of the ticks. Cut off by a stop they are given back, and the next start takes them up. What may pass by
   * itself, a state that is away or a full queue, is waited for: the pattern's next tick may be a month away.
   */
  private async endOf(due: DueTicks): Promise<TickEnd> {
    const { clock, log } = this.deps
    for (;;) {
      try {
        return { status: 'done', ...(await this.deps.start(due)) }
      } catch (error) {
        if (this.signal.aborted) return GIVEN_BACK
        if (!isTransient(error)) {
          log.error({ err: error, ticks: due.ticks }, 'a scheduled run could not be made')
          return { status: 'done', run: null, note: brokenRunNote(messageOf(error)) }
        }
        log.warn({ err: error, ticks: due.ticks }, 'a scheduled run could not be made; trying again')
        await clock.sleep(AGAIN_MS, this.signal).catch(() => {})
        if (this.signal.aborted) return GIVEN_BACK
      }
    }
  }

  /**
   * Written down however long the state is out of reach. Given up only on a stop: what is still `running` then is taken
   * up by the next start, which sees from the run that it has ended.
   */
  private async settle(ticks: readonly Tick[], end: TickEnd): Promise<void> {
    for (;;) {
      try {
        await this.deps.ticks.settle(ticks, end)
        return
      } catch (error) {
        this.deps.log.warn({ err: error }, 'the end of a scheduled run could not be written down')
        if (this.signal.aborted) return
        await this.deps.clock.sleep(AGAIN_MS, this.signal).catch(() => {})
      }
    }
  }
}
