const FIRST_DELAY_MS = 15_000
const MAX_DELAY_MS = 60 * 60_000
/** Who has not heard of it within a day looks elsewhere. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000

/** When a message that did not go through is tried again; null: never. Waits double, up to an hour. */
export function nextAttempt({ at, attempts }: { at: number; attempts: number }, now: number): number | null {
  if (now - at >= GIVE_UP_AFTER_MS) return null
  return now + Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20), MAX_DELAY_MS)
}
