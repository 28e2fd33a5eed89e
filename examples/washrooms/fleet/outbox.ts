import { byArrival, type Message } from './message.js'
import { HOUR } from './settings.js'

/** Messages on their way: sent, late or held by a gateway, kept by the hour in which they will arrive. */
export class Outbox {
  readonly #hours = new Map<number, Message[]>()

  add(message: Message): void {
    const hour = Math.floor(message.receivedAt / HOUR)
    const waiting = this.#hours.get(hour)
    if (waiting) waiting.push(message)
    else this.#hours.set(hour, [message])
  }

  /** Takes all that arrive before `to`, in order of arrival. */
  drain(to: number): Message[] {
    const due: Message[] = []
    // A copy: an hour put back while the map is walked would come round again.
    for (const [hour, waiting] of [...this.#hours]) {
      if (hour * HOUR >= to) continue
      this.#hours.delete(hour)
      const later: Message[] = []
      for (const message of waiting) (message.receivedAt < to ? due : later).push(message)
      if (later.length > 0) this.#hours.set(hour, later)
    }
    return due.sort(byArrival)
  }
}
