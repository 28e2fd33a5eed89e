import { isUtf8 } from 'node:buffer'
import { sourceError } from '../errors.js'
import { type ByteForm, utf8Bytes } from './byte-stream.js'
import { ColumnReading } from './column-reading.js'
import { columnNamesOf, looksLikeHeader } from './csv-header.js'
import type { CsvOptions } from './csv-options.js'
import { spellingOf } from './csv-options.js'
import {
  type CsvDialect,
  type CsvRow,
  CsvTokenizer,
  ESCAPED,
  fieldText,
  type LineEnds,
  QUOTED,
} from './csv-tokenizer.js'
import { columnKey, type ExpectedColumns, misfit } from './expected-columns.js'

export type ScanRequest = Readonly<{
  path: string
  /** As people know it. */
  file: string
  asset: string
  form: ByteForm
  dialect: CsvDialect
  options: CsvOptions
  expected: ExpectedColumns
  /** Columns the header of the asset declares, in order: the names of a file without a header. */
  declaredNames: readonly string[]
}>

/** A file read once from end to end: what its columns are, how many rows it has, and what is odd about it. */
export type CsvScan = Readonly<{
  hasHeader: boolean
  /** In the file's order. `field` is the place in the row. */
  columns: readonly { name: string; field: number; reading: ColumnReading }[]
  /** Fields of a row. */
  width: number
  rows: number
  lineEnds: LineEnds
  longestRow: number
  hasShortRows: boolean
  /** The last line has no end and is not whole: its number. */
  openLine: number | null
  /** More fields than names: where the field without a name is. */
  unnamed: 'first' | 'last' | null
}>

/**
 * Reads a whole file: every row must have the same number of fields, every value its column's settled type. The
 * rows counted here are what the engine must load.
 * @throws SOURCE_FILE_UNREADABLE and SOURCE_SCHEMA_CHANGED, naming the line.
 */
export async function scanCsv(request: ScanRequest): Promise<CsvScan> {
  const scanner = new CsvScanner(request)
  for await (const chunk of utf8Bytes(request.path, request.form)) scanner.push(chunk)
  return scanner.finish()
}

class CsvScanner {
  private readonly tokenizer: CsvTokenizer
  private readonly spelling
  private readonly nulls: readonly Buffer[]
  private header: string[] | null = null
  private first: { texts: string[]; quoted: boolean[]; line: number } | null = null
  private readings: ColumnReading[] = []
  private names: string[] = []
  private width = 0
  private unnamed: 'first' | 'last' | null = null
  private rows = 0
  private longestRow = 0
  private hasShortRows = false

  constructor(private readonly request: ScanRequest) {
    this.spelling = spellingOf(request.options)
    this.nulls = request.options.nulls.filter((text) => text !== '').map((text) => Buffer.from(text))
    const mustBeUtf8 = request.form.encoding === 'utf-8'
    this.tokenizer = new CsvTokenizer(request.dialect, {
      onRow: (row) => this.take(row),
      onFault: ({ line, detail }) => this.fail(line, detail),
      ...(mustBeUtf8 && { onBytes: (bytes, line) => this.refuseOtherEncodings(bytes, line) }),
    })
  }

  push(chunk: Buffer): void {
    this.tokenizer.push(chunk)
  }

  finish(): CsvScan {
    const openLine = this.finishTail()
    // A file of one line: that line is a header or a row like any other.
    if (this.first && this.width === 0) this.settle(this.first.texts.length, false)
    return {
      hasHeader: this.header !== null,
      columns: this.columns(),
      width: this.width,
      rows: this.rows,
      lineEnds: this.tokenizer.ends,
      longestRow: this.longestRow,
      hasShortRows: this.hasShortRows,
      openLine,
      unnamed: this.unnamed,
    }
  }

  private finishTail(): number | null {
    const tail = this.tokenizer.tail()
    if (!tail) return null
    const isShort = this.width > 0 && this.tokenizer.tailFields() < this.width
    if (tail.isOpen || (isShort && !this.request.options.nullPadding)) return this.tokenizer.line
    this.tokenizer.takeTail()
    return null
  }

  private columns(): CsvScan['columns'] {
    return this.readings.map((reading, index) => ({
      name: this.names[index]!,
      field: index,
      reading,
    }))
  }

  private take(row: CsvRow): void {
    if (row.size > this.longestRow) this.longestRow = row.size
    if (this.width > 0) this.takeRow(row)
    else this.takeFirst(row)
  }

  /** The first row, and the second where the first was a header: only it tells how many fields a row has. */
  private takeFirst(row: CsvRow): void {
    if (this.first === null) {
      this.first = this.keep(row)
      if (!this.isHeader(this.first)) {
        this.settle(row.fields, false)
        this.takeRow(row)
      }
      return
    }
    const extra = row.fields - this.first.texts.length
    const lastIsEmpty = row.ends[row.fields - 1] === row.starts[row.fields - 1]
    if (extra === 1) this.unnamed = lastIsEmpty ? 'last' : 'first'
    this.settle(row.fields, true)
    this.takeRow(row)
  }

  private isHeader(first: { texts: string[]; quoted: boolean[] }): boolean {
    const { options, declaredNames } = this.request
    return options.header ?? looksLikeHeader(first.texts, declaredNames, this.spelling)
  }

  private keep(row: CsvRow) {
    const texts: string[] = []
    const quoted: boolean[] = []
    for (let index = 0; index < row.fields; index++) {
      texts.push(fieldText(row, index, this.request.dialect))
      quoted.push((row.flags[index]! & QUOTED) !== 0)
    }
    return { texts, quoted, line: row.line }
  }

  /** Names and width are known: from the header and the first row, or from the first row alone. */
  private settle(fields: number, hasRows: boolean): void {
    const first = this.first
    // A delimiter behind the last name, but none behind the values.
    if (first && hasRows && first.texts.length === fields + 1 && first.texts.at(-1) === '') first.texts.pop()
    const isHeader = first !== null && this.isHeader(first)
    this.header = isHeader ? first.texts : null
    this.width = isHeader && fields < first.texts.length ? first.texts.length : fields
    if (isHeader && hasRows && this.unnamed === null && fields > this.width) this.width = fields
    this.names = columnNamesOf({
      header: this.header,
      width: this.width,
      unnamed: this.unnamed,
      declared: this.request.declaredNames,
      fail: (detail) => this.fail(first?.line ?? 1, detail),
    })
    this.readings = this.names.map(
      (name) => new ColumnReading(this.request.expected.get(columnKey(name)), this.spelling),
    )
  }

  private takeRow(row: CsvRow): void {
    this.rows++
    if (row.fields !== this.width) this.checkWidth(row)
    const count = Math.min(row.fields, this.readings.length)
    for (let index = 0; index < count; index++) this.takeField(row, index)
    if (this.unnamed === 'last' && row.ends[this.width - 1] !== row.starts[this.width - 1])
      this.fail(row.line, `${row.fields} fields under ${this.width - 1} names`)
  }

  private checkWidth(row: CsvRow): void {
    const isShort = row.fields < this.width
    if (isShort && this.request.options.nullPadding) {
      this.hasShortRows = true
      return
    }
    const fields = (count: number) => `${count} ${count === 1 ? 'field' : 'fields'}`
    const advice = isShort ? ' (null_padding: true fills short rows with NULL)' : ''
    this.fail(row.line, `${fields(row.fields)} where ${this.width} are expected${advice}`)
  }

  private takeField(row: CsvRow, index: number): void {
    const reading = this.readings[index]!
    if (reading.isText) return
    const flags = row.flags[index]!
    let start = row.starts[index]!
    let end = row.ends[index]!
    if (start === end || this.isNull(row.bytes, start, end)) {
      if (flags & QUOTED) reading.quotedNulls = true
      return
    }
    if (!(flags & QUOTED)) {
      while (start < end - 1 && row.bytes[start] === 32) start++
      while (end > start + 1 && row.bytes[end - 1] === 32) end--
    }
    const fits =
      flags & ESCAPED
        ? reading.take(ESCAPED_TEXT, 0, ESCAPED_TEXT.length, row.line)
        : reading.take(row.bytes, start, end, row.line)
    if (fits || !reading.expected) return
    const { file, asset, dialect } = this.request
    throw misfit({ text: fieldText(row, index, dialect), file, line: row.line, asset }, reading.expected)
  }

  private isNull(bytes: Buffer, start: number, end: number): boolean {
    for (const text of this.nulls)
      if (text.length === end - start && text.compare(bytes, start, end) === 0) return true
    return false
  }

  private refuseOtherEncodings(bytes: Buffer, firstLine: number): void {
    if (isUtf8(bytes)) return
    let line = firstLine
    const lineEnd = this.request.dialect.crLines ? 13 : 10
    for (let start = 0; start < bytes.length; line++) {
      const end = bytes.indexOf(lineEnd, start) + 1 || bytes.length
      if (!isUtf8(bytes.subarray(start, end)))
        this.fail(line, 'bytes that are no UTF-8; say encoding: latin-1 or what it is')
      start = end
    }
  }

  private fail(line: number, detail: string): never {
    throw sourceError('SOURCE_FILE_UNREADABLE', {
      file: this.request.file,
      detail: `line ${line}: ${detail}`,
    })
  }
}

/** Stands for a quoted value with quotes in it, which is text whatever else it says. */
const ESCAPED_TEXT = Buffer.from('"quoted"')
