/** Calendar dates and clock times as text, to the numbers DuckDB keeps, and back. UTC throughout. */

const DAY_MS = 86_400_000
const DATE = /^(\d{4,6})-(\d\d)-(\d\d)$/
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/
const INSTANT = /^(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** Days since 1970-01-01 of `YYYY-MM-DD`; null if there is no such day. */
export function parseDate(text: string): number | null {
  const found = DATE.exec(text)
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const ms = new Date(0).setUTCFullYear(year, month - 1, day)
  const date = new Date(ms)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms / DAY_MS : null
}

/** Years before the first and beyond 9999 keep a sign or more digits, as JavaScript writes them. */
export const formatDate = (days: number): string =>
  new Date(days * DAY_MS).toISOString().split('T')[0] as string

/** Microseconds since midnight of `HH:MM[:SS[.ffffff]]`; null if there is no such time. */
export function parseTime(text: string): bigint | null {
  const found = TIME.exec(text)
  if (!found) return null
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  return BigInt(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + Number((found[4] ?? '').padEnd(6, '0')))
}

/**
 * Microseconds since 1970 of an ISO 8601 time. Without an offset it is UTC where `local` allows that, and null
 * otherwise: which zone is meant must not be guessed. Null also if there is no such time.
 */
export function parseTimestamp(text: string, local: boolean): bigint | null {
  const found = INSTANT.exec(text)
  if (!found) return null
  const [, date, time, offset] = found
  if (offset === undefined && !local) return null
  const days = parseDate(date as string)
  const micros = time === undefined ? 0n : parseTime(time)
  const shift = offset === undefined ? 0 : parseOffset(offset)
  if (days === null || micros === null || shift === null) return null
  return BigInt(days) * 86_400_000_000n + micros - BigInt(shift) * 60_000_000n
}

/** Minutes east of UTC. */
function parseOffset(text: string): number | null {
  if (text === 'Z') return 0
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3).replace(':', '') || 0)]
  if (hours > 18 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
