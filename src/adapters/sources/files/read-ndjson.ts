import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MillraceError, messageOf } from '../../../base/errors.js'
import type { Json } from '../../../base/json.js'
import { sourceError } from '../errors.js'
import { type ByteForm, byteForm, utf8Bytes } from './byte-stream.js'
import { columnKey, expectedClass, misfit } from './expected-columns.js'
import type { FileToLoad, ReadColumn, ReadContext, Reading } from './file-reading.js'
import { copyPath } from './read-csv.js'
import { classify, holds, ISO_SPELLING, typeOfClass, type ValueClass, widen } from './value-class.js'

type JsonClass = ValueClass | 'json'

type ScannedNdjson = Readonly<{
  file: FileToLoad
  form: ByteForm
  columns: ReadonlyMap<string, { name: string; valueClass: JsonClass }>
  rows: number
  openLine: number | null
  longestLine: number
}>

/** Objects, one a line. A key that an object lacks is NULL; a key that no released column has is a changed schema. */
export async function readNdjson(files: readonly FileToLoad[], context: ReadContext): Promise<Reading> {
  const [option] = Object.keys(context.options)
  if (option !== undefined)
    throw sourceError('SOURCE_OPTION_WRONG', {
      asset: context.asset,
      option,
      detail: 'which is no option of NDJSON files',
      known: ['none'],
    })
  const scanned: ScannedNdjson[] = []
  for (const file of files) scanned.push(await scanFile(file, context))
  const full = scanned.filter(({ rows }) => rows > 0)
  const columns = full.length > 0 ? mergeKeys(full, context) : []
  const paths: { file: string; path: string; rows: number }[] = []
  for (const one of full)
    paths.push({ file: one.file.file, path: await plainPath(one, context), rows: one.rows })
  return {
    columns,
    shape: columns,
    paths,
    unfinished: scanned.filter(({ openLine }) => openLine !== null).map(({ file }) => file.file),
    options: { auto_detect: false, ...objectSize(full) },
    notes: scanned.flatMap(notesOf),
  }
}

const DEFAULT_OBJECT_BYTES = 16 << 20

function objectSize(files: readonly ScannedNdjson[]): Record<string, Json> {
  const longest = Math.max(0, ...files.map(({ longestLine }) => longestLine))
  return longest > DEFAULT_OBJECT_BYTES / 2 ? { maximum_object_size: longest * 2 } : {}
}

const notesOf = ({ file, rows, openLine }: ScannedNdjson): string[] => [
  ...(rows === 0 && openLine === null ? [`${file.file} is empty.`] : []),
  ...(openLine !== null
    ? [
        `${file.file}: line ${openLine} is not whole yet and is left for the next run, ${rows} rows are loaded.`,
      ]
    : []),
]

async function scanFile(file: FileToLoad, context: ReadContext): Promise<ScannedNdjson> {
  try {
    const form = await byteForm(file.path, undefined)
    const scan = new NdjsonScan(file, context)
    for await (const { text, line, isLast } of lines(utf8Bytes(file.path, form)))
      scan.take(text, line, isLast)
    return { file, form, ...scan.result() }
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    throw sourceError('SOURCE_FILE_UNREADABLE', { file: file.file, detail: messageOf(cause) }, { cause })
  }
}

class NdjsonScan {
  private readonly columns = new Map<string, { name: string; valueClass: JsonClass }>()
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
    this.rows++
    this.longestLine = Math.max(this.longestLine, text.length)
    for (const name in object) this.takeValue(name, object[name], text, line)
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

  private takeValue(name: string, value: unknown, text: string, line: number): void {
    const key = columnKey(name)
    const before = this.columns.get(key)
    if (before && before.name !== name)
      throw this.unreadable(line, `the keys ${before.name} and ${name} differ in letter case only`)
    const expected = this.context.expected.get(key)
    const found = jsonClass(value, name, text)
    if (expected && found !== 'none' && !fitsExpected(expected, found)) {
      const shown = typeof value === 'string' ? value : JSON.stringify(value)
      const { asset } = this.context
      throw misfit({ text: shown, file: this.file.file, line, asset }, expected)
    }
    const valueClass = before ? widenJson(before.valueClass, found) : found
    if (before?.valueClass !== valueClass || !before) this.columns.set(key, { name, valueClass })
  }

  private unreadable(line: number, detail: string): Error {
    return sourceError('SOURCE_FILE_UNREADABLE', { file: this.file.file, detail: `line ${line}: ${detail}` })
  }
}

/** Texts of JSON are numbers only where they are written as numbers; times have no other form than text. */
function jsonClass(value: unknown, name: string, line: string): JsonClass {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isInteger(value) && !isWrittenAsFraction(name, line) ? integerClass(value) : 'double'
    case 'string': {
      const bytes = Buffer.from(value)
      const found = bytes.length === 0 ? 'text' : classify(bytes, 0, bytes.length, ISO_SPELLING)
      return found === 'integer' || found === 'double' || found === 'boolean' ? 'text' : found
    }
    default:
      return value === null ? 'none' : 'json'
  }
}

/** Beyond 64 bits only text keeps every digit. */
const integerClass = (value: number): JsonClass => (Math.abs(value) < 2 ** 63 ? 'integer' : 'text')

/** `21.0` is a measurement that happens to be whole: the next one will not be. */
function isWrittenAsFraction(name: string, line: string): boolean {
  if (!/:\s*-?\d+[.eE]/.test(line)) return false
  const at = line.indexOf(`${JSON.stringify(name)}`)
  return at >= 0 && /^"(?:[^"\\]|\\.)*"\s*:\s*-?\d+[.eE]/.test(line.slice(at))
}

function widenJson(a: JsonClass, b: JsonClass): JsonClass {
  if (a === b || b === 'none') return a
  if (a === 'none') return b
  return a === 'json' || b === 'json' ? 'json' : widen(a, b)
}

function fitsExpected(expected: { type: string }, found: JsonClass): boolean {
  const wanted = expectedClass({ name: '', origin: 'declared', ...expected })
  // Types that only the engine knows (JSON, UUID, lists …) are judged by it.
  if (wanted === 'text') return true
  return found !== 'json' && holds(wanted, found)
}

function mergeKeys(files: readonly ScannedNdjson[], context: ReadContext): ReadColumn[] {
  const { expected, releasedNames, declaredNames, asset } = context
  const found = new Map<string, { name: string; valueClass: JsonClass }>()
  for (const name of [...releasedNames, ...declaredNames])
    if (!found.has(columnKey(name))) found.set(columnKey(name), { name, valueClass: 'none' })
  for (const { file, columns } of files) {
    const added = [...columns].filter(([key]) => !found.has(key)).map(([, { name }]) => name)
    if (releasedNames.length > 0 && added.length > 0)
      throw sourceError('SOURCE_SCHEMA_CHANGED', {
        asset,
        detail: `${file.file} has ${added.length === 1 ? 'the key' : 'the keys'} ${added.join(', ')} that no file had before`,
      })
    for (const [key, { name, valueClass }] of columns) {
      const before = found.get(key)
      if (before && before.valueClass !== 'none' && before.name !== name)
        throw sourceError('SOURCE_FILE_UNREADABLE', {
          file: file.file,
          detail: `its key ${name} is ${before.name} in other files; they differ in letter case only`,
        })
      found.set(key, { name, valueClass: widenJson(before?.valueClass ?? 'none', valueClass) })
    }
  }
  return [...found].map(([key, { name, valueClass }]) => ({
    name,
    type: expected.get(key)?.type ?? (valueClass === 'json' ? 'JSON' : typeOfClass(valueClass)),
  }))
}

/** The engine's reader knows neither byte order marks nor UTF-16, and would stop at a line that is not whole. */
async function plainPath(one: ScannedNdjson, { folder }: ReadContext): Promise<string> {
  const { form, openLine, file } = one
  const isPlain = form.encoding === 'utf-8' && form.bomBytes === 0 && form.compression !== 'zstd'
  if (isPlain && openLine === null && hasExpectedName(file.path, form)) return file.path
  const target = copyPath(folder, file.file, '.ndjson')
  await pipeline(Readable.from(wholeLines(one)), createWriteStream(target))
  return target
}

/** The engine tells packed files by their names. */
const hasExpectedName = (path: string, { compression }: ByteForm): boolean =>
  (compression === 'gzip') === /\.gz$/i.test(path)

async function* wholeLines({ file, form, openLine }: ScannedNdjson): AsyncGenerator<string> {
  for await (const { text, line } of lines(utf8Bytes(file.path, form)))
    if (line !== openLine) yield `${text}\n`
}

async function* lines(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ text: string; line: number; isLast: boolean }> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let line = 0
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    for (const text of parts) yield { text, line: ++line, isLast: false }
  }
  rest += decoder.decode()
  if (rest !== '') yield { text: rest, line: ++line, isLast: true }
}
