import { DateTime } from 'luxon'

/** Epoch ms of an ISO date or time; without an offset it is read in `timezone`. Null if it is not one. */
export function parseInstant(text: string, timezone: string): number | null {
  const parsed = DateTime.fromISO(text.trim().replace(' ', 'T'), { zone: timezone, setZone: false })
  return parsed.isValid ? parsed.toMillis() : null
}
