/**
 * The binary form of `numeric`: four int16 (digit groups, weight, sign, scale), then groups of four decimal
 * digits, most significant first; the first group stands for group × 10000^weight.
 */
const POSITIVE = 0x0000
const NEGATIVE = 0x4000
const NAN = 0xc000
const INFINITY = 0xd000
const NEGATIVE_INFINITY = 0xf000

const special = (sign: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, sign >> 8, 0, 0, 0)

/** Encodes a number's text: `-12.50`, `1e-7`, `NaN`, `Infinity`. The scale is that of the text. */
export function encodeNumeric(text: string): Uint8Array {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!match) return encodeSpecial(text)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shifted = shiftPoint(whole, fraction, Number(exponent))
  return encodeDigits(sign === '-', shifted.whole, shifted.fraction)
}

function encodeSpecial(text: string): Uint8Array {
  switch (text.toLowerCase()) {
    case 'nan':
      return special(NAN)
    case 'inf':
    case 'infinity':
      return special(INFINITY)
    case '-inf':
    case '-infinity':
      return special(NEGATIVE_INFINITY)
    default:
      throw new RangeError(`${JSON.stringify(text)} is no number`)
  }
}

function shiftPoint(whole: string, fraction: string, by: number): { whole: string; fraction: string } {
  if (by === 0) return { whole, fraction }
  const digits = whole + fraction
  const point = whole.length + by
  if (point <= 0) return { whole: '', fraction: '0'.repeat(-point) + digits }
  return { whole: digits.slice(0, point).padEnd(point, '0'), fraction: digits.slice(point) }
}

function encodeDigits(negative: boolean, whole: string, fraction: string): Uint8Array {
  const wholeGroups = Math.ceil(whole.length / 4)
  const digits =
    whole.padStart(wholeGroups * 4, '0') + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  const groups: number[] = []
  for (let at = 0; at < digits.length; at += 4) groups.push(Number(digits.slice(at, at + 4)))
  let first = 0
  while (first < groups.length && groups[first] === 0) first++
  let end = groups.length
  while (end > first && groups[end - 1] === 0) end--
  const out = new DataView(new ArrayBuffer(8 + 2 * (end - first)))
  out.setInt16(0, end - first)
  out.setInt16(2, end === first ? 0 : wholeGroups - 1 - first)
  out.setUint16(4, negative && end > first ? NEGATIVE : POSITIVE)
  out.setUint16(6, fraction.length)
  for (let at = first; at < end; at++) out.setInt16(8 + 2 * (at - first), groups[at] as number)
  return new Uint8Array(out.buffer)
}

/** Decodes `numeric` at `at` into its text, with as many decimals as its scale says. */
export function decodeNumeric(view: DataView, at: number): string {
  const groups = view.getInt16(at)
  const weight = view.getInt16(at + 2)
  const sign = view.getUint16(at + 4)
  const scale = view.getUint16(at + 6)
  if (sign === NAN) return 'NaN'
  if (sign === INFINITY) return 'Infinity'
  if (sign === NEGATIVE_INFINITY) return '-Infinity'
  const group = (index: number) =>
    index >= 0 && index < groups ? String(view.getInt16(at + 8 + 2 * index)).padStart(4, '0') : '0000'
  let whole = ''
  for (let index = 0; index <= weight; index++) whole += group(index)
  let fraction = ''
  for (let index = weight + 1; fraction.length < scale; index++) fraction += group(index)
  const text = whole.replace(/^0+/, '') || '0'
  return (sign === NEGATIVE ? '-' : '') + (scale > 0 ? `${text}.${fraction.slice(0, scale)}` : text)
}

const POWERS = Array.from({ length: 39 }, (_, power) => 10n ** BigInt(power))
const MAX_SAFE = 2 ** 53

/**
 * Decodes `numeric` at `at` into value × 10^scale. Null where that is no exact integer of `digits` digits: NaN, an infinity,
 * more decimals than `scale`.
 */
export function decodeScaled(view: DataView, at: number, scale: number, digits: number): bigint | null {
  const groups = view.getInt16(at)
  if (groups === 0) return view.getUint16(at + 4) >= NAN ? null : 0n
  const weight = view.getInt16(at + 2)
  const sign = view.getUint16(at + 4)
  if (sign !== POSITIVE && sign !== NEGATIVE) return null
  const magnitude =
    smallMagnitude(view, at, groups, weight, scale) ?? bigMagnitude(view, at, groups, weight, scale, digits)
  if (magnitude === null) return null
  return sign === NEGATIVE ? -magnitude : magnitude
}

const SMALL_POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power)

/** The common case in doubles, exact up to 2^53; null sends the value to `bigMagnitude`. */
function smallMagnitude(
  view: DataView,
  at: number,
  groups: number,
  weight: number,
  scale: number,
): bigint | null {
  if (groups > 3) return null
  let value = 0
  for (let index = 0; index < groups; index++) value = value * 10000 + view.getInt16(at + 8 + 2 * index)
  const power = 4 * (weight - groups + 1) + scale
  if (power < 0) {
    if (power <= -16) return null
    const factor = SMALL_POWERS[-power] as number
    return value % factor === 0 ? BigInt(value / factor) : null
  }
  if (power > 15) return null
  value *= SMALL_POWERS[power] as number
  return value < MAX_SAFE ? BigInt(value) : null
}

function bigMagnitude(
  view: DataView,
  at: number,
  groups: number,
  weight: number,
  scale: number,
  digits: number,
): bigint | null {
  if (groups > 12) return null
  let value = 0n
  for (let index = 0; index < groups; index++)
    value = value * 10000n + BigInt(view.getInt16(at + 8 + 2 * index))
  const power = 4 * (weight - groups + 1) + scale
  const limit = POWERS[digits] as bigint
  if (power >= 0) {
    const scaled = power <= digits ? value * (POWERS[power] as bigint) : limit
    return scaled < limit ? scaled : null
  }
  const factor = 10n ** BigInt(-power)
  return value % factor === 0n && value / factor < limit ? value / factor : null
}

/** Writes value × 10^scale as `numeric` into `out` at `at`; returns the bytes written, at most 30. */
export function encodeScaled(value: bigint, scale: number, out: DataView, at: number): number {
  const magnitude = value < 0n ? -value : value
  // Digits right of the point must fill whole groups.
  const pad = (4 - (scale % 4)) % 4
  const groups = splitGroups(magnitude * (POWERS[pad] as bigint))
  let low = 0
  while (low < groups.length && groups[low] === 0) low++
  const count = groups.length - low
  out.setInt16(at, count)
  out.setInt16(at + 2, count === 0 ? 0 : groups.length - 1 - (scale + pad) / 4)
  out.setUint16(at + 4, value < 0n ? NEGATIVE : POSITIVE)
  out.setUint16(at + 6, scale)
  for (let index = 0; index < count; index++)
    out.setInt16(at + 8 + 2 * index, groups[groups.length - 1 - index] as number)
  return 8 + 2 * count
}

/** Groups of four decimal digits, least significant first; none for zero. */
function splitGroups(magnitude: bigint): number[] {
  const groups: number[] = []
  let high = magnitude
  for (; high >= MAX_SAFE; high /= 10000n) groups.push(Number(high % 10000n))
  for (let rest = Number(high); rest > 0; rest = Math.floor(rest / 10000)) groups.push(rest % 10000)
  return groups
}
