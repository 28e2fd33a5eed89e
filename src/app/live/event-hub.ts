import type { Clock } from '../../base/clock.js'
import type { LiveEvent } from '../api/shapes.js'
import type { NewLiveEvent } from './live.js'

/** Events kept for those who come back: some minutes of a busy server. */
const KEPT = 4_000
/** What one follower may be behind before it is told to read everything again. */
const MOST_BEHIND = 1_000

/** Nothing else is ours: a cut or changed id must not be taken for another. */
const EVENT_ID = /^([0-9a-z]+)-(0|[1-9]\d{0,14})$/

type Follower = { waiting: LiveEvent[]; overrun: boolean; wake: () => void }

/**
 * What happens, told to all who follow. Ids begin with a mark of this hub, so that one of an earlier server is not
 * taken for one of ours. A follower who is too slow, or asks for what is no longer kept, gets `reset` and goes on
 * from now: publishing never waits for anybody.
 */
export class EventHub {
  private readonly kept: LiveEvent[] = []
  private readonly followers = new Set<Follower>()
  private last = 0
  private readonly mark: string

  constructor(private readonly clock: Clock) {
    this.mark = clock.now().toString(36)
  }

  publish(event: NewLiveEvent): void {
    const made: LiveEvent = { ...event, id: `${this.mark}-${++this.last}`, at: this.clock.now() }
    this.kept.push(made)
    // Cut in pieces: taking off one at a time would move the whole list each time.
    if (this.kept.length > KEPT * 1.25) this.kept.splice(0, this.kept.length - KEPT)
    for (const follower of this.followers) offer(follower, made)
  }

  async *events(after: string | null, signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
    if (signal.aborted) return
    const follower: Follower = { waiting: [], overrun: false, wake: () => {} }
    const wake = () => follower.wake()
    const missed = after === null ? [] : this.since(after)
    if (missed === null) follower.overrun = true
    else follower.waiting.push(...missed)
    this.followers.add(follower)
    signal.addEventListener('abort', wake, { once: true })
    try {
      while (!signal.aborted) {
        if (follower.overrun) {
          follower.overrun = false
          yield { kind: 'reset', id: `${this.mark}-${this.last}`, at: this.clock.now() }
          continue
        }
        const next = follower.waiting.shift()
        if (next) yield next
        else
          await new Promise<void>((resolve) => {
            follower.wake = resolve
          })
      }
    } finally {
      this.followers.delete(follower)
      signal.removeEventListener('abort', wake)
    }
  }

  /** Kept events after that id; null if some of them are gone or it is none of ours. */
  private since(id: string): readonly LiveEvent[] | null {
    const [, mark, number] = EVENT_ID.exec(id) ?? []
    const after = Number(number)
    if (mark !== this.mark || after > this.last) return null
    const missed = this.last - after
    if (missed > this.kept.length || missed > MOST_BEHIND) return null
    return missed === 0 ? [] : this.kept.slice(-missed)
  }
}

function offer(follower: Follower, event: LiveEvent): void {
  if (follower.waiting.length >= MOST_BEHIND) {
    follower.waiting.length = 0
    follower.overrun = true
  }
  if (!follower.overrun) follower.waiting.push(event)
  follower.wake()
}
