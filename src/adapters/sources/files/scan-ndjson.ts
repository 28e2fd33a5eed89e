import { messageOf } from '../../../base/errors.js'
import { sourceError } from '../errors.js'
import { type ByteForm, byteForm, utf8Bytes } from './byte-stream.js'
import { columnKey, misfit } from './expected-columns.js'
import type { FileToLoad, ReadContext } from './file-reading.js'
import { hasLoneSurrogate, type JsonText, jsonText, KeyReading, textOf } from './json-class.js'
import { jsonLines } from './json-lines.js'

export type ScannedNdjson = Readonly<{
  file: FileToLoad
  form: ByteForm
  columns: ReadonlyMap<string, KeyReading>
  rows: number
  openLine: number | null
  longestLine: number
}>

/** Reads a whole file: every line must be an object, every value its key's settled type. */
export async function scanNdjson(file: FileToLoad, context: ReadContext): Promise<ScannedNdjson> {
  const form = await byteForm(file.path, undefined)
  const scan = new NdjsonScan(file, context)
  for await (const { text, line, isLast } of jsonLines(utf8Bytes(file.path, form)))
    scan.take(text, line, isLast)
  return { file, form, ...scan.result() }
}

class NdjsonScan {
  private readonly columns = new Map<string, KeyReading>()
  private rows = 0
  private openLine: number | null = null
  private longestLine = 0

  constructor(
    private readonly file: FileToLoad,
    private readonly context: ReadContext,
  ) {}

  result() {
    const { columns, rows, openLine, longestLine } = this
    return { columns, rows, openLine, longestLine }
  }

  take(text: string, line: number, isLast: boolean): void {
    if (text.trim() === '') return
    const object = this.parse(text, line, isLast)
    if (object === null) return
    if (/\\u[dD][89a-fA-F]/.test(text) && hasLoneSurrogate(object))
      throw this.unreadable(line, 'half of a surrogate pair (\\ud800 and the like), which no text can hold')
    this.rows++
    this.longestLine = Math.max(this.longestLine, text.length)
    const written = jsonText(text, line)
    for (const name in object) this.takeValue(name, object[name], written)
  }

  private parse(text: string, line: number, isLast: boolean): Record<string, unknown> | null {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      if (isLast && this.file.isYoung) {
        this.openLine = line
        return null
      }
      throw this.unreadable(line, isLast ? 'the last line is cut off' : messageOf(cause))
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw this.unreadable(line, 'not an object; NDJSON has one object on each line')
    return value as Record<string, unknown> // an object that is no array
  }

  private takeValue(name: string, value: unknown, written: JsonText): void {
    const { line } = written
    const key = columnKey(name)
    const reading = this.columns.get(key) ?? this.begin(name, line)
    if (reading.name !== name)
      throw this.unreadable(line, `the keys ${reading.name} and ${name} differ in letter case only`)
    if (reading.take(value, written) || !reading.expected) return
    const { asset } = this.context
    throw misfit({ text: textOf(value), file: this.file.file, line, asset }, reading.expected)
  }

  private begin(name: string, line: number): KeyReading {
    if (name === '') throw this.unreadable(line, 'a key is empty, so its column has no name')
    const reading = new KeyReading(name, this.context.expected.get(columnKey(name)))
    this.columns.set(columnKey(name), reading)
    return reading
  }

  private unreadable(line: number, detail: string): Error {
    return sourceError('SOURCE_FILE_UNREADABLE', { file: this.file.file, detail: `line ${line}: ${detail}` })
  }
}
