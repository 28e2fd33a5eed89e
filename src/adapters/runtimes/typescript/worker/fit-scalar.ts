import { parseDate, parseTime, parseTimestamp } from './calendar.js'
import { Unfit, wanted } from './unfit.js'

export function fitBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Unfit(wanted('true or false', value))
  return value
}

/** NaN and the infinities are numbers here: DuckDB keeps them. */
export function fitNumber(value: unknown): number {
  if (typeof value !== 'number') throw new Unfit(wanted('a number', value))
  return value
}

export function fitFloat(value: unknown): number {
  const number = fitNumber(value)
  if (Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
    throw new Unfit(wanted('a number within the range of FLOAT', value))
  return number
}

export function fitInteger(
  value: unknown,
  [least, greatest]: readonly [bigint, bigint],
  type: string,
): number | bigint {
  if (typeof value !== 'bigint' && !Number.isInteger(value)) throw new Unfit(wanted('a whole number', value))
  // A cast: Number.isInteger says yes to nothing but numbers.
  const integer = value as number | bigint
  if (typeof integer === 'number' && greatest > 0xffff_ffffn && !Number.isSafeInteger(integer))
    throw new Unfit(wanted('a whole number within 2^53, or a bigint,', value))
  if (integer < least || integer > greatest)
    throw new Unfit(wanted(`a whole number from ${least} to ${greatest} (${type})`, value))
  return integer
}

export function fitText(value: unknown): string {
  if (typeof value !== 'string') throw new Unfit(wanted('a text', value))
  // Half of a surrogate pair has no UTF-8: it would become another character on the way.
  if (!isWellFormed(value)) throw new Unfit(wanted('a well-formed text (no half of a surrogate pair)', value))
  return value
}

// A cast: every supported Node has this method, the library of types not yet.
export const isWellFormed = (text: string): boolean =>
  (text as string & { isWellFormed(): boolean }).isWellFormed()

const DAY_MS = 86_400_000

/** Days since 1970. */
export function fitDate(value: unknown): number {
  const days =
    value instanceof Date ? value.getTime() / DAY_MS : typeof value === 'string' ? parseDate(value) : null
  if (days === null || !Number.isInteger(days))
    throw new Unfit(wanted("a day as 'YYYY-MM-DD', or a Date at midnight UTC,", value))
  return days
}

/** Microseconds since midnight. */
export function fitTime(value: unknown): bigint {
  const micros = typeof value === 'string' ? parseTime(value) : null
  if (micros === null) throw new Unfit(wanted("a time as 'HH:MM:SS'", value))
  return micros
}

/** Microseconds since 1970 UTC. `local`: a text without an offset is UTC. */
export function fitInstant(value: unknown, local: boolean): bigint {
  if (value instanceof Date) {
    const ms = value.getTime()
    if (!Number.isNaN(ms)) return BigInt(ms) * 1_000n
  } else if (typeof value === 'string') {
    const micros = parseTimestamp(value, local)
    if (micros !== null) return micros
  }
  const offset = local ? '' : ' with an offset'
  throw new Unfit(wanted(`a valid Date, or an ISO 8601 time${offset},`, value))
}
