import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ByteForm, utf8Bytes } from './byte-stream.js'
import { type CsvDialect, type CsvRow, CsvTokenizer, fieldText, QUOTED } from './csv-tokenizer.js'

/** A column of the file that is written: from which field of the old one (null: always NULL). */
export type WrittenColumn = Readonly<{
  name: string
  field: number | null
  /** NULL may stand in quotes: in columns that hold no text, it can mean nothing else. */
  quotedNulls: boolean
}>

export type RewriteRequest = Readonly<{
  path: string
  target: string
  form: ByteForm
  /** How the file is cut, and how the new one is to be. */
  from: CsvDialect
  to: CsvDialect
  hadHeader: boolean
  writeHeader: boolean
  columns: readonly WrittenColumn[]
  nulls: readonly string[]
  /** The line without an end is left out. */
  dropOpenLine: boolean
}>

const FLUSH_CHARACTERS = 1 << 20

/** Writes a file again, plainly: UTF-8, one kind of line end, each row with the same fields. Values stay as they are. */
export async function rewriteCsv(request: RewriteRequest): Promise<void> {
  await pipeline(Readable.from(plainText(request)), createWriteStream(request.target))
}

async function* plainText(request: RewriteRequest): AsyncGenerator<string> {
  const writer = new PlainWriter(request)
  const tokenizer = new CsvTokenizer(request.from, {
    onRow: (row) => writer.take(row),
    onFault: ({ line, detail }) => {
      throw new Error(`line ${line}: ${detail}`)
    },
  })
  for await (const chunk of utf8Bytes(request.path, request.form)) {
    tokenizer.push(chunk)
    if (writer.text.length > FLUSH_CHARACTERS) yield writer.flush()
  }
  if (!request.dropOpenLine && tokenizer.tail()) tokenizer.takeTail()
  yield writer.flush()
}

class PlainWriter {
  text = ''
  private isFirst: boolean
  private readonly nulls: ReadonlySet<string>
  private readonly special: RegExp
  private readonly delimiter: string
  private readonly quote: string
  private readonly escapeMark: string
  private readonly lineEnd: string

  constructor(private readonly request: RewriteRequest) {
    const to = request.to
    this.isFirst = request.hadHeader
    this.nulls = new Set(request.nulls)
    this.delimiter = String.fromCharCode(to.delimiter)
    this.quote = String.fromCharCode(to.quote)
    this.escapeMark = String.fromCharCode(to.escape)
    this.lineEnd = to.crLines ? '\r' : '\n'
    const characters = [this.delimiter, this.quote, this.escapeMark, '\n', '\r'].map((c) => `\\u${hex(c)}`)
    this.special = new RegExp(`[${characters.join('')}]`)
    if (request.writeHeader) this.line(request.columns.map(({ name }) => this.field(name, true)))
  }

  take(row: CsvRow): void {
    if (this.isFirst) {
      this.isFirst = false
      return
    }
    this.line(this.request.columns.map((column) => this.value(row, column)))
  }

  flush(): string {
    const { text } = this
    this.text = ''
    return text
  }

  private value(row: CsvRow, { field, quotedNulls }: WrittenColumn): string {
    if (field === null || field >= row.fields) return ''
    const text = fieldText(row, field, this.request.from)
    const isQuoted = (row.flags[field]! & QUOTED) !== 0
    if ((!isQuoted || quotedNulls) && this.nulls.has(text)) return ''
    return this.field(text, isQuoted)
  }

  private field(text: string, isQuoted: boolean): string {
    if (!isQuoted && !this.special.test(text)) return text
    const { quote, escapeMark } = this
    const escaped = escapeMark === quote ? text : text.replaceAll(escapeMark, escapeMark + escapeMark)
    return quote + escaped.replaceAll(quote, escapeMark + quote) + quote
  }

  private line(fields: readonly string[]): void {
    // In a file of one column a NULL is a blank line, and the engine reads it as one.
    this.text += fields.join(this.delimiter) + this.lineEnd
  }
}

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0')
