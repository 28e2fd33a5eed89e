import { type ExpectedColumn, expectedClass } from './expected-columns.js'
import type { Spelling, ValueClass } from './value-class.js'
import { classify, holds, widen } from './value-class.js'

/** What was read in one column of one file so far. */
export class ColumnReading {
  valueClass: ValueClass
  /** Values that are not NULL, before the first that no narrower class holds. */
  typed = 0
  /** Why the column became text after it had been something else. */
  demoted: { from: ValueClass; line: number; text: string; typed: number } | null = null
  /** Quoted texts that mean NULL were seen: a reader takes them for text. */
  quotedNulls = false
  nans = 0
  private readonly fixed: ValueClass

  constructor(readonly expected: ExpectedColumn | undefined) {
    this.fixed = expectedClass(expected)
    this.valueClass = this.fixed
  }

  /** True where any text will do, so that values need not be looked at. */
  get isText(): boolean {
    return this.valueClass === 'text'
  }

  /** Takes a value that is not NULL; false where the settled type cannot hold it. */
  take(bytes: Buffer, start: number, end: number, line: number, spelling: Spelling): boolean {
    const found = classify(bytes, start, end, spelling)
    if (found === this.valueClass) {
      this.typed++
      return found !== 'double' || this.countNan(bytes, start)
    }
    if (this.expected) {
      this.typed++
      return holds(this.fixed, found) && (found !== 'double' || this.countNan(bytes, start))
    }
    const wider = widen(this.valueClass, found)
    if (wider === 'text' && this.valueClass !== 'none' && this.typed > 0) {
      const text = bytes.toString('utf8', start, Math.min(end, start + 60))
      this.demoted = { from: this.valueClass, line, text, typed: this.typed }
    }
    this.valueClass = wider
    this.typed++
    return found !== 'double' || this.countNan(bytes, start)
  }

  /** `NaN` begins with a letter, no other double but an infinity does. */
  private countNan(bytes: Buffer, start: number): true {
    if (bytes[start] === 78 || bytes[start] === 110) this.nans++
    return true
  }
}
