const LF = 10
const CR = 13

export type CsvDialect = Readonly<{
  /** Bytes. `quote` is -1 where nothing is quoted. */
  delimiter: number
  quote: number
  escape: number
  /** Lines end with CR alone, as old Macs wrote them. */
  crLines: boolean
  /** Lines that begin with this byte are left out; -1: none are. */
  comment: number
  /** Lines at the beginning that are left out. */
  skip: number
}>

/** Flags of a field. */
export const QUOTED = 1
export const ESCAPED = 2

/** One row, valid until the callback returns: fields are `bytes[starts[i] .. ends[i])`, quotes left out. */
export type CsvRow = Readonly<{
  bytes: Buffer
  fields: number
  starts: Int32Array
  ends: Int32Array
  flags: Uint8Array
  /** Line of the file on which the row begins, from 1. */
  line: number
  /** Bytes from the row's first to its last. */
  size: number
}>

export type CsvFault = Readonly<{ line: number; detail: string }>

/** A row longer than this is a quote that nobody closed. */
const MAX_ROW_BYTES = 32 << 20

export type TokenizerEvents = Readonly<{
  onRow: (row: CsvRow) => void
  onFault: (fault: CsvFault) => never
  /** Bytes that whole rows were found in, before the next are. */
  onBytes?: (bytes: Buffer, line: number) => void
}>

/** Line ends by kind; `foreign`: bytes inside a row that another reader would take for a line end; blank lines. */
export type LineEnds = { lf: number; crlf: number; cr: number; foreign: boolean; blank: number }

/**
 * Splits bytes into rows and fields in one pass. Follows RFC 4180; a quote inside an unquoted field is a
 * character like any other, a blank line is no row.
 */
export class CsvTokenizer {
  readonly ends: LineEnds = { lf: 0, crlf: 0, cr: 0, foreign: false, blank: 0 }
  #rest: Buffer = Buffer.alloc(0)
  #line = 1
  #starts = new Int32Array(64)
  #ends = new Int32Array(64)
  #flags = new Uint8Array(64)
  /** Line breaks inside quoted fields of the current row. */
  #breaks = 0

  #toSkip: number

  constructor(
    private readonly dialect: CsvDialect,
    private readonly events: TokenizerEvents,
  ) {
    this.#toSkip = dialect.skip
  }

  get line(): number {
    return this.#line
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.ends.foreign ||= this.dialect.crLines ? chunk.includes(LF) : hasLoneCr(chunk)
    const done = this.#rows(bytes, false)
    this.#rest = bytes.subarray(done)
    if (this.#rest.length > MAX_ROW_BYTES)
      this.events.onFault({
        line: this.#line,
        detail: `a row of more than ${MAX_ROW_BYTES >> 20} MB begins here; is a quote not closed?`,
      })
  }

  /**
   * The row after the last line end, if there is one: `tail` says how it stands. `open`: inside a quote.
   * The caller decides whether such a row counts, so it is only given out by `takeTail`.
   */
  tail(): { isOpen: boolean; bytes: number } | null {
    if (this.#rest.length === 0) return null
    return { isOpen: this.#row(this.#rest, 0, true) < 0, bytes: this.#rest.length }
  }

  /** Fields of the row without a line end. */
  tailFields(): number {
    this.#row(this.#rest, 0, true)
    return this.#fields
  }

  takeTail(): void {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    this.#rows(rest, true)
  }

  #fields = 0

  /** Gives out all complete rows; returns where the incomplete one begins. */
  #rows(bytes: Buffer, atEnd: boolean): number {
    let start = 0
    const firstLine = this.#line
    while (start < bytes.length) {
      if (this.#toSkip > 0 || bytes[start] === this.dialect.comment) {
        const end = plainEnd(bytes, start, -1, this.dialect.crLines ? CR : LF)
        if (end === bytes.length && !atEnd) break
        if (this.#toSkip > 0) this.#toSkip--
        this.#line++
        start = end + 1
        continue
      }
      const next = this.#row(bytes, start, atEnd)
      if (next < 0) break
      const isBlank = this.#fields === 1 && this.#starts[0] === this.#ends[0] && this.#flags[0] === 0
      if (isBlank) this.ends.blank++
      else this.events.onRow(this.#current(bytes, next - start))
      this.#line += this.#breaks + 1
      start = next
    }
    this.events.onBytes?.(bytes.subarray(0, start), firstLine)
    return start
  }

  #current(bytes: Buffer, size: number): CsvRow {
    const fields = this.#fields
    return {
      bytes,
      fields,
      starts: this.#starts,
      ends: this.#ends,
      flags: this.#flags,
      line: this.#line,
      size,
    }
  }

  /** Parses the row at `start`; returns where the next begins, or -1 if this one's end is not in `bytes`. */
  #row(bytes: Buffer, start: number, atEnd: boolean): number {
    const { delimiter, quote, crLines } = this.dialect
    const lineEnd = crLines ? CR : LF
    const length = bytes.length
    let at = start
    this.#fields = 0
    this.#breaks = 0
    for (;;) {
      const isQuoted = at < length && bytes[at] === quote
      const from = at
      at = isQuoted ? this.#quoted(bytes, at, atEnd) : plainEnd(bytes, at, delimiter, lineEnd)
      if (at < 0 || (at >= length && !atEnd)) return -1
      if (!isQuoted) this.#add(from, at, 0)
      const byte = bytes[at]
      if (byte === delimiter) {
        at++
        continue
      }
      return this.#endOfRow(bytes, at, isQuoted)
    }
  }

  #endOfRow(bytes: Buffer, at: number, isQuoted: boolean): number {
    const { crLines } = this.dialect
    if (at >= bytes.length) return at
    if (crLines) {
      if (bytes[at] === CR) this.ends.cr++
      else this.#afterQuote()
      return at + 1
    }
    if (bytes[at] === LF && !isQuoted) {
      const last = this.#fields - 1
      const isCrlf = this.#ends[last]! > this.#starts[last]! && bytes[at - 1] === CR
      if (isCrlf) {
        this.#ends[last] = at - 1
        this.ends.crlf++
      } else this.ends.lf++
      return at + 1
    }
    if (bytes[at] === LF) {
      this.ends.lf++
      return at + 1
    }
    if (bytes[at] === CR && bytes[at + 1] === LF) {
      this.ends.crlf++
      return at + 2
    }
    // A CR at the very end of the file, after a quoted field.
    if (bytes[at] === CR && at + 1 === bytes.length) return at + 1
    return this.#afterQuote()
  }

  #afterQuote(): never {
    const line = this.#line + this.#breaks
    return this.events.onFault({ line, detail: 'text follows a closing quote; is a quote not doubled?' })
  }

  /** Adds the quoted field at `start`; returns where its closing quote is behind, or -1 if it is not closed. */
  #quoted(bytes: Buffer, start: number, atEnd: boolean): number {
    const { quote, escape: escapeMark } = this.dialect
    const length = bytes.length
    let flags = QUOTED
    for (let at = start + 1; at < length; at++) {
      const byte = bytes[at]
      if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) this.#breaks++
      if (byte === escapeMark && escapeMark !== quote) {
        flags |= ESCAPED
        at++
      } else if (byte === quote) {
        if (bytes[at + 1] === quote && escapeMark === quote) {
          flags |= ESCAPED
          at++
        } else {
          // Whether the next byte doubles the quote is not known yet.
          const next = bytes[at + 1]
          if (!atEnd && (next === undefined || (next === CR && at + 2 >= length))) return -1
          this.#add(start + 1, at, flags)
          return at + 1
        }
      }
    }
    return -1
  }

  #add(start: number, end: number, flags: number): void {
    const index = this.#fields++
    if (index === this.#starts.length) this.#grow()
    this.#starts[index] = start
    this.#ends[index] = end
    this.#flags[index] = flags
  }

  #grow(): void {
    const size = this.#starts.length * 2
    const starts = new Int32Array(size)
    starts.set(this.#starts)
    const ends = new Int32Array(size)
    ends.set(this.#ends)
    const flags = new Uint8Array(size)
    flags.set(this.#flags)
    this.#starts = starts
    this.#ends = ends
    this.#flags = flags
  }
}

/** A CR that is no part of a line end. */
function hasLoneCr(chunk: Buffer): boolean {
  for (let at = chunk.indexOf(CR); at >= 0; at = chunk.indexOf(CR, at + 1))
    if (at + 1 < chunk.length && chunk[at + 1] !== LF) return true
  return false
}

function plainEnd(bytes: Buffer, from: number, delimiter: number, lineEnd: number): number {
  let at = from
  const length = bytes.length
  while (at < length && bytes[at] !== delimiter && bytes[at] !== lineEnd) at++
  return at
}

/** A field's text, doubled quotes and escapes resolved. */
export function fieldText(row: CsvRow, index: number, dialect: CsvDialect): string {
  const text = row.bytes.toString('utf8', row.starts[index]!, row.ends[index]!)
  if (!(row.flags[index]! & ESCAPED)) return text
  const escapeMark = String.fromCharCode(dialect.escape)
  const quote = String.fromCharCode(dialect.quote)
  if (escapeMark === quote) return text.replaceAll(quote + quote, quote)
  return text.replace(new RegExp(`${escapeMark === '\\' ? '\\\\' : `[${escapeMark}]`}([\\s\\S])`, 'g'), '$1')
}
