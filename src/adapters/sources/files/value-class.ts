import { classifyNumber, isDigit } from './number-class.js'

/**
 * What a text can be read as. A column starts as `none` and only ever moves to a class that holds everything it
 * has seen; `text` holds all. Nothing is guessed that two readers could read differently: `08123` and `+353 1`
 * are text, `07/24/05` is text unless a format is given. `long` is a whole number of 64 bits that no double is equal
 * to: among fractions only text keeps its last digits.
 */
export type ValueClass =
  | 'none'
  | 'boolean'
  | 'integer'
  | 'long'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
  | 'text'

const TYPES: Readonly<Record<ValueClass, string>> = {
  none: 'VARCHAR',
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  long: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  time: 'TIME',
  text: 'VARCHAR',
}

export const VALUE_CLASSES = Object.keys(TYPES) as readonly ValueClass[] // The keys of its own table.

export const typeOfClass = (valueClass: ValueClass): string => TYPES[valueClass]

/** The class whose texts a declared type can be read from; `text` for types only the engine knows. */
export function classOfType(type: string): ValueClass {
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type) || /^INT[1248]?$/.test(type)) return 'long'
  if (/^(DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)/.test(type)) return 'double'
  if (/^BOOL(EAN)?$/.test(type)) return 'boolean'
  if (type === 'DATE' || type === 'TIME') return type === 'DATE' ? 'date' : 'time'
  if (/^(TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ)$/.test(type)) return 'timestamptz'
  return /^(TIMESTAMP|DATETIME)/.test(type) ? 'timestamp' : 'text'
}

/** The narrowest class that holds both. */
export function widen(a: ValueClass, b: ValueClass): ValueClass {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  if (isOneOf(a, b, 'integer', 'double')) return 'double'
  if (isOneOf(a, b, 'integer', 'long')) return 'long'
  if (isOneOf(a, b, 'date', 'timestamp')) return 'timestamp'
  return 'text'
}

const isOneOf = (a: ValueClass, b: ValueClass, x: ValueClass, y: ValueClass): boolean =>
  (a === x && b === y) || (a === y && b === x)

/** True where a value of class `value` can be read as a column declared `column`. */
export function holds(column: ValueClass, value: ValueClass): boolean {
  if (column === 'timestamptz' && (value === 'timestamp' || value === 'date')) return true
  return widen(column, value) === column
}

const DOT = 46
const MINUS = 45
const COLON = 58

/** How numbers and times are spelled. A format given for dates or timestamps replaces the ISO spelling. */
export type Spelling = Readonly<{ decimalPoint: number; date: RegExp | null; timestamp: RegExp | null }>
export const ISO_SPELLING: Spelling = { decimalPoint: DOT, date: null, timestamp: null }

/** The class of the bytes `[start, end)`, which are not empty. */
export function classify(bytes: Buffer, start: number, end: number, spelling: Spelling): ValueClass {
  const number = classifyNumber(bytes, start, end, spelling.decimalPoint)
  if (number !== 'text') return number
  const length = end - start
  if (spelling.date?.test(bytes.toString('latin1', start, end))) return 'date'
  if (spelling.timestamp?.test(bytes.toString('latin1', start, end))) return 'timestamp'
  if (length === 4 || length === 5) return classifyWord(bytes.toString('latin1', start, end))
  if (length >= 8 && bytes[start + 2] === COLON) return isTime(bytes, start, end) ? 'time' : 'text'
  if (length < 10 || bytes[start + 4] !== MINUS) return 'text'
  return classifyIso(bytes, start, end, spelling)
}

const classifyWord = (word: string): ValueClass => (/^(true|false)$/i.test(word) ? 'boolean' : 'text')

const pair = (bytes: Buffer, at: number): number =>
  isDigit(bytes[at]) && isDigit(bytes[at + 1]) ? (bytes[at]! - 48) * 10 + (bytes[at + 1]! - 48) : 99

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isIsoDate(bytes: Buffer, at: number): boolean {
  const century = pair(bytes, at)
  const year = pair(bytes, at + 2)
  const month = pair(bytes, at + 5)
  const day = pair(bytes, at + 8)
  if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) return false
  if (!isDigit(bytes[at]) || century > 99 || month < 1 || month > 12) return false
  const isLeap = year % 4 === 0 && (year !== 0 || century % 4 === 0)
  const days = month === 2 && !isLeap ? 28 : DAYS[month - 1]!
  return day >= 1 && day <= days && isDigit(bytes[at + 2])
}

function classifyIso(bytes: Buffer, start: number, end: number, spelling: Spelling): ValueClass {
  if (!isIsoDate(bytes, start)) return 'text'
  if (end - start === 10) return spelling.date ? 'text' : 'date'
  const separator = bytes[start + 10]
  if ((separator !== 32 && separator !== 84) || spelling.timestamp) return 'text'
  const zone = zoneStart(bytes, start + 11, end)
  if (!isClock(bytes, start + 11, zone, true)) return 'text'
  if (zone === end) return 'timestamp'
  // DuckDB's CSV reader makes NULL of a zone behind a blank or behind a clock without seconds, and says nothing.
  const hasSeconds = zone - (start + 11) >= 'hh:mm:ss'.length
  const isZone = /^(Z|[+-]\d\d(:?\d\d)?)$/.test(bytes.toString('latin1', zone, end))
  return hasSeconds && isZone ? 'timestamptz' : 'text'
}

/** Where the clock's digits, colons and point end. */
function zoneStart(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && (isDigit(bytes[at]) || bytes[at] === COLON || bytes[at] === DOT)) at++
  return at
}

const isTime = (bytes: Buffer, start: number, end: number): boolean => isClock(bytes, start, end, false)

/** `HH:MM:SS` with up to six digits after the point (more would be cut); seconds may be missing in a timestamp. */
function isClock(bytes: Buffer, start: number, end: number, mayLackSeconds: boolean): boolean {
  if (pair(bytes, start) > 23 || bytes[start + 2] !== COLON || pair(bytes, start + 3) > 59) return false
  const length = end - start
  if (length === 5) return mayLackSeconds
  if (length < 8 || bytes[start + 5] !== COLON || pair(bytes, start + 6) > 59) return false
  if (length === 8) return true
  if (bytes[start + 8] !== DOT || length > 15 || length === 9) return false
  for (let at = start + 9; at < end; at++) if (!isDigit(bytes[at])) return false
  return true
}
