const MINUS = 45

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57

const MAX_INTEGER = 2n ** 63n - 1n

/** The class of a whole number of many digits: beyond 64 bits only text keeps them all. */
export function classifyLong(text: string): 'integer' | 'long' | 'text' {
  const value = BigInt(text)
  if (value > MAX_INTEGER || value < -MAX_INTEGER - 1n) return 'text'
  return BigInt(Number(value)) === value ? 'integer' : 'long'
}

export type NumberClass = 'integer' | 'long' | 'double' | 'text'

/** `text` for what is no number, and for one that neither 64 bits nor a double hold. */
export function classifyNumber(bytes: Buffer, start: number, end: number, point: number): NumberClass {
  let at = start
  if (bytes[at] === MINUS) at++
  const digitsFrom = at
  while (at < end && isDigit(bytes[at])) at++
  const digits = at - digitsFrom
  const hasLeadingZero = digits > 1 && bytes[digitsFrom] === 48
  if (hasLeadingZero) return 'text'
  if (at === end && digits > 0)
    return digits <= 15 ? 'integer' : classifyLong(bytes.toString('latin1', start, end))
  let fraction = 0
  if (bytes[at] === point && at < end) {
    const from = ++at
    while (at < end && isDigit(bytes[at])) at++
    fraction = at - from
  }
  if (digits + fraction === 0) return isNotFinite(bytes, start, end) ? 'double' : 'text'
  if (at < end && (bytes[at] === 101 || bytes[at] === 69)) {
    at++
    if (bytes[at] === MINUS || bytes[at] === 43) at++
    const from = at
    while (at < end && isDigit(bytes[at])) at++
    if (at === from) return 'text'
  }
  return at === end && isWithinDoubles(bytes, start, end, point) ? 'double' : 'text'
}

/** A number beyond all doubles would become infinity. */
function isWithinDoubles(bytes: Buffer, start: number, end: number, point: number): boolean {
  // Nothing shorter than `1e309` is as large, and only an exponent makes a short text so.
  if (end - start < 5 || (end - start < 309 && !hasExponent(bytes, start, end))) return true
  return Number.isFinite(
    Number(bytes.toString('latin1', start, end).replace(String.fromCharCode(point), '.')),
  )
}

function hasExponent(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 101 || bytes[at] === 69) return true
  return false
}

/** `NaN` and infinities are numbers to a reader of doubles. */
function isNotFinite(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (length < 3 || length > 9) return false
  return /^(nan|-?inf(inity)?)$/i.test(bytes.toString('latin1', start, end))
}
