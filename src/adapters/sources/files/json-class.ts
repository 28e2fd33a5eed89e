import type { Demotion } from './column-reading.js'
import { type ExpectedColumn, expectedClass, type Judge, judgeOf } from './expected-columns.js'
import { classifyLong } from './number-class.js'
import { classify, ISO_SPELLING, type ValueClass, widen } from './value-class.js'

export type JsonClass = ValueClass | 'json'

/** An object as it is written. */
export type JsonText = Readonly<{ text: string; line: number; hasFractions: boolean }>

export const jsonText = (text: string, line: number): JsonText => ({
  text,
  line,
  hasFractions: /:\s*-?\d+[.eE]/.test(text),
})

/** What was read under one key so far. */
export class KeyReading {
  valueClass: JsonClass = 'none'
  demoted: Demotion | null = null
  private typed = 0
  private readonly judge: Judge | null

  constructor(
    readonly name: string,
    readonly expected: ExpectedColumn | undefined,
  ) {
    // Types that only the engine knows (JSON, UUID, lists …) are judged by it.
    const isOurs = expected !== undefined && expectedClass(expected) !== 'text'
    this.judge = isOurs ? judgeOf(expected, '.') : null
  }

  /** False where the settled type cannot hold the value, which stands in `object`. */
  take(value: unknown, object: JsonText): boolean {
    const found = jsonClass(value, this.name, object)
    if (found === 'none') return true
    if (this.judge && (found === 'json' || !isTaken(this.judge, found, value))) return false
    const wider = widenJson(this.valueClass, found)
    if (wider === 'text' && this.valueClass !== 'text' && this.typed > 0 && !this.expected)
      // A key is known to be a class only once it had a value of it.
      this.demoted = {
        from: this.valueClass as ValueClass,
        line: object.line,
        text: textOf(value),
        typed: this.typed,
      }
    this.valueClass = wider
    this.typed++
    return true
  }
}

const isTaken = (judge: Judge, found: ValueClass, value: unknown): boolean =>
  judge.kind === 'class' ? judge.classes.has(found) : judge.fits(textOf(value))

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Texts of JSON are numbers only where they are written as numbers; times have no other form than text. */
function jsonClass(value: unknown, name: string, object: JsonText): JsonClass {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      return numberClass(value, name, object)
    case 'string': {
      const bytes = Buffer.from(value)
      const found = bytes.length === 0 ? 'text' : classify(bytes, 0, bytes.length, ISO_SPELLING)
      return NUMERIC.has(found) || found === 'boolean' ? 'text' : found
    }
    default:
      return value === null ? 'none' : 'json'
  }
}

const NUMERIC: ReadonlySet<ValueClass> = new Set(['integer', 'long', 'double'])

/** `21.0` is a measurement that happens to be whole: the next one will not be. */
function numberClass(value: number, name: string, { text, hasFractions }: JsonText): ValueClass {
  // Beyond all doubles: only text keeps it.
  if (!Number.isFinite(value)) return 'text'
  if (!Number.isInteger(value)) return 'double'
  const isSafe = Number.isSafeInteger(value)
  if (isSafe && !hasFractions) return 'integer'
  const written = writtenNumber(name, text)
  // Another object in the line may have the same key: its number is not this one.
  const digits = written !== null && Number(written) === value ? written : null
  if (digits !== null && /[.eE]/.test(digits)) return 'double'
  if (isSafe) return 'integer'
  return digits === null ? 'text' : classifyLong(digits)
}

/** The number behind a key as it is written, before its digits were rounded to a double. */
function writtenNumber(name: string, text: string): string | null {
  const at = text.indexOf(JSON.stringify(name))
  return at < 0 ? null : (/^"(?:[^"\\]|\\.)*"\s*:\s*(-?\d[\d.eE+-]*)/.exec(text.slice(at))?.[1] ?? null)
}

export function widenJson(a: JsonClass, b: JsonClass): JsonClass {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  return a === 'json' || b === 'json' ? 'json' : widen(a, b)
}

/** Half of a pair of surrogates, which JSON can spell and no text can hold. */
export function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, inner]) => hasLoneSurrogate(key) || hasLoneSurrogate(inner))
}
