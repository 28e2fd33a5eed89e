import type { Tick } from '../domain/schedule.js'

/** Ticks that are this process's own and have not begun, oldest first: taken up from others, or waiting for a run to end. */
export class TakenTicks {
  private readonly ticks = new Map<string, readonly Tick[]>()

  add({ subject, at }: Tick): void {
    this.ticks.set(subject, [...this.of(subject), { subject, at }])
  }

  of(subject: string): readonly Tick[] {
    return this.ticks.get(subject) ?? []
  }

  /** The first `count` of a subject begin. */
  begin(subject: string, count: number): void {
    const rest = this.of(subject).slice(count)
    if (rest.length > 0) this.ticks.set(subject, rest)
    else this.ticks.delete(subject)
  }

  /** Takes those out whose subject does not stay. */
  removeUnless(stays: (subject: string) => boolean): readonly Tick[] {
    const gone = [...this.ticks.keys()].filter((subject) => !stays(subject))
    const removed = gone.flatMap((subject) => this.of(subject))
    for (const subject of gone) this.ticks.delete(subject)
    return removed
  }
}
