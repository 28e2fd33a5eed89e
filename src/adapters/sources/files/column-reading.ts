import { type ExpectedColumn, expectedClass, type Judge, judgeOf } from './expected-columns.js'
import type { Spelling, ValueClass } from './value-class.js'
import { classify, ISO_SPELLING, widen } from './value-class.js'

/** What made a column text that had begun otherwise. */
export type Demotion = Readonly<{ from: ValueClass; line: number; text: string; typed: number }>

/** What was read in one column of one file so far. */
export class ColumnReading {
  valueClass: ValueClass
  /** Values that are not NULL, before the first that no narrower class holds. */
  typed = 0
  /** Why the column became text after it had been something else. */
  demoted: Demotion | null = null
  /** Quoted texts that mean NULL were seen: a reader takes them for text. */
  quotedNulls = false
  nans = 0
  private readonly judge: Judge | null

  constructor(
    readonly expected: ExpectedColumn | undefined,
    private readonly spelling: Spelling = ISO_SPELLING,
  ) {
    this.valueClass = expectedClass(expected)
    this.judge = expected ? judgeOf(expected, String.fromCharCode(spelling.decimalPoint)) : null
  }

  /** True where any text will do, so that values need not be looked at. */
  get isText(): boolean {
    return this.valueClass === 'text'
  }

  /** Takes a value that is not NULL; false where the settled type cannot hold it. */
  take(bytes: Buffer, start: number, end: number, line: number): boolean {
    const found = classify(bytes, start, end, this.spelling)
    this.typed++
    if (found === 'double') this.countNan(bytes, start)
    if (this.judge?.kind === 'class') return this.judge.classes.has(found)
    if (this.judge) return this.judge.fits(bytes.toString('latin1', start, end))
    if (found === this.valueClass) return true
    const wider = widen(this.valueClass, found)
    if (wider === 'text' && this.valueClass !== 'none') {
      const text = bytes.toString('utf8', start, Math.min(end, start + 60))
      this.demoted = { from: this.valueClass, line, text, typed: this.typed - 1 }
    }
    this.valueClass = wider
    return true
  }

  /** `NaN` begins with a letter, no other double but an infinity does. */
  private countNan(bytes: Buffer, start: number): void {
    if (bytes[start] === 78 || bytes[start] === 110) this.nans++
  }
}
