import { basename, join } from 'node:path'
import { digest } from '../../../base/digest.js'
import type { Json } from '../../../base/json.js'
import { sourceError } from '../errors.js'
import { type ByteForm, byteForm, utf8Bytes } from './byte-stream.js'
import { csvDialect } from './csv-dialect.js'
import { type CsvOptions, csvOptions } from './csv-options.js'
import type { CsvDialect } from './csv-tokenizer.js'
import { columnKey, isTextType } from './expected-columns.js'
import {
  type FileToLoad,
  leftNote,
  type ReadColumn,
  type ReadContext,
  type Reading,
  scanAll,
} from './file-reading.js'
import { mergeColumns } from './merge-columns.js'
import { rewriteCsv } from './rewrite-csv.js'
import { type CsvScan, scanCsv } from './scan-csv.js'
import { columnNotes, fileNotes, mergeNotes } from './scan-notes.js'

export type ScannedCsv = Readonly<{
  file: FileToLoad
  form: ByteForm
  dialect: CsvDialect
  scan: CsvScan
}>

/** Scans every file, settles the columns for all of them, and writes those again that the engine would misread. */
export async function readCsv(incoming: readonly FileToLoad[], context: ReadContext): Promise<Reading> {
  const options = csvOptions(context.asset, context.options)
  const files = await scanAll(incoming, (file) => scanFile(file, options, context))
  const full = files.scanned.filter(({ scan }) => scan.columns.length > 0)
  const columns = mergeColumns(full, { ...context, unionByName: options.unionByName })
  const layout = commonLayout(full, columns, options)
  const paths: { file: string; path: string; rows: number }[] = []
  for (const one of full) {
    const path = isPlain(one, columns, layout)
      ? one.file.path
      : await rewritten(one, columns, layout, options, context)
    paths.push({ file: one.file.file, path, rows: one.scan.rows })
  }
  return {
    columns,
    shape: columns,
    paths,
    unfinished: files.scanned.filter(({ scan }) => scan.openLine !== null).map(({ file }) => file.file),
    left: files.left,
    options: readerOptions(layout, full, options),
    notes: [
      ...files.left.map(leftNote),
      ...files.scanned.flatMap(({ file, scan }) => [
        ...fileNotes(file.file, scan),
        ...columnNotes(file.file, scan),
      ]),
      ...mergeNotes(full, columns),
    ],
  }
}

async function scanFile(file: FileToLoad, options: CsvOptions, context: ReadContext): Promise<ScannedCsv> {
  const form = await byteForm(file.path, options.encoding)
  const dialect = csvDialect(await headOf(file.path, form), options)
  const { asset, expected, declaredNames } = context
  const request = { path: file.path, file: file.file, asset, form, dialect, options, expected, declaredNames }
  const scan = await scanCsv(request)
  if (scan.openLine !== null && !file.isYoung) throw cutOff(file.file, scan.openLine)
  return { file, form, dialect, scan }
}

const cutOff = (file: string, line: number) =>
  sourceError('SOURCE_FILE_UNREADABLE', { file, detail: `line ${line}: the last line is cut off` })

async function headOf(path: string, form: ByteForm): Promise<Buffer> {
  for await (const chunk of utf8Bytes(path, form)) if (chunk.length > 0) return chunk.subarray(0, 64 << 10)
  return Buffer.alloc(0)
}

/** The engine tells packed files by their names. */
const isNamedAsPacked = (path: string, { compression }: ByteForm): boolean =>
  compression !== 'zstd' && (compression === 'gzip') === /\.gz$/i.test(path) && !/\.zst$/i.test(path)

/** How all files of one load are cut: the engine reads them with one set of options. */
type Layout = Readonly<{ dialect: CsvDialect; hasHeader: boolean }>

const PLAIN: Layout = {
  dialect: { delimiter: 44, quote: 34, escape: 34, crLines: false, comment: -1, skip: 0 },
  hasHeader: true,
}

function commonLayout(
  files: readonly ScannedCsv[],
  columns: readonly ReadColumn[],
  options: CsvOptions,
): Layout {
  const plain = files.find((one) => isPlainAlone(one, columns))
  // A file without quotes is only cut the same way as others without.
  const quotesWork = options.quote !== ''
  if (plain && (quotesWork || files.every((one) => isPlain(one, columns, layoutOf(plain)))))
    return layoutOf(plain)
  return PLAIN
}

const layoutOf = ({ dialect, scan }: ScannedCsv): Layout => ({ dialect, hasHeader: scan.hasHeader })

const isPlain = (one: ScannedCsv, columns: readonly ReadColumn[], { dialect, hasHeader }: Layout): boolean =>
  isPlainAlone(one, columns) &&
  one.scan.hasHeader === hasHeader &&
  one.dialect.delimiter === dialect.delimiter &&
  one.dialect.crLines === dialect.crLines

/** True where the engine's reader gives exactly the rows that were scanned. */
function isPlainAlone({ file, form, dialect, scan }: ScannedCsv, columns: readonly ReadColumn[]): boolean {
  const { lineEnds } = scan
  const kinds = [lineEnds.lf, lineEnds.crlf, lineEnds.cr].filter((count) => count > 0).length
  return (
    form.encoding === 'utf-8' &&
    isNamedAsPacked(file.path, form) &&
    dialect.comment === -1 &&
    dialect.skip === 0 &&
    kinds <= 1 &&
    !lineEnds.foreign &&
    lineEnds.blank === 0 &&
    !scan.hasShortRows &&
    scan.openLine === null &&
    scan.unnamed === null &&
    scan.width === columns.length &&
    scan.columns.every(
      ({ name, reading }, index) =>
        columnKey(name) === columnKey(columns[index]!.name) &&
        !(reading.quotedNulls && !isTextType(columns[index]!.type)),
    )
  )
}

async function rewritten(
  one: ScannedCsv,
  columns: readonly ReadColumn[],
  layout: Layout,
  options: CsvOptions,
  { folder }: ReadContext,
): Promise<string> {
  const fields = new Map(one.scan.columns.map((column) => [columnKey(column.name), column.field]))
  const target = copyPath(folder, one.file.file, '.csv')
  await rewriteCsv({
    path: one.file.path,
    target,
    form: one.form,
    from: one.dialect,
    to: layout.dialect,
    hadHeader: one.scan.hasHeader,
    writeHeader: layout.hasHeader,
    columns: columns.map(({ name, type }) => ({
      name,
      field: fields.get(columnKey(name)) ?? null,
      quotedNulls: !isTextType(type),
    })),
    nulls: options.nulls,
    dropOpenLine: one.scan.openLine !== null,
  })
  return target
}

/** The same file always gets the same name and no two files one: rows remember where they came from. */
export const copyPath = (folder: string, file: string, extension: string): string =>
  join(
    folder,
    `${digest(file)}-${basename(file).replace(/\.(csv|txt|gz|zst|ndjson|jsonl)/g, '')}${extension}`,
  )

const DEFAULT_LINE_BYTES = 2_000_000

function readerOptions(
  { dialect, hasHeader }: Layout,
  files: readonly ScannedCsv[],
  options: CsvOptions,
): Record<string, Json> {
  const text = (byte: number) => (byte < 0 ? '' : String.fromCharCode(byte))
  const longest = Math.max(0, ...files.map(({ scan }) => scan.longestRow))
  return {
    auto_detect: false,
    header: hasHeader,
    delim: text(dialect.delimiter),
    quote: text(dialect.quote),
    escape: text(dialect.escape),
    nullstr: options.nulls,
    allow_quoted_nulls: false,
    ...(dialect.crLines && { new_line: '\\r' }),
    ...(options.dateFormat !== undefined && { dateformat: options.dateFormat }),
    ...(options.timestampFormat !== undefined && { timestampformat: options.timestampFormat }),
    ...(options.decimalSeparator !== undefined && { decimal_separator: options.decimalSeparator }),
    ...(longest > DEFAULT_LINE_BYTES / 2 && { max_line_size: longest * 2 + DEFAULT_LINE_BYTES }),
  }
}
