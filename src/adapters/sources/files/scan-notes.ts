import type { ColumnReading, Demotion } from './column-reading.js'
import type { LineEnds } from './csv-tokenizer.js'
import { columnKey, isTextType } from './expected-columns.js'
import type { ScannedColumns } from './merge-columns.js'
import type { CsvScan } from './scan-csv.js'

const WORDS: Readonly<Record<string, string>> = {
  integer: 'whole numbers',
  long: 'whole numbers',
  double: 'numbers',
  boolean: 'truth values',
  date: 'dates',
  time: 'times',
  timestamp: 'timestamps',
  timestamptz: 'timestamps',
}

/** Oddities of a file that was loaded all the same. */
export function fileNotes(file: string, scan: CsvScan): string[] {
  const { unnamed, openLine, width, rows } = scan
  return [
    ...(scan.columns.length === 0 ? [`${file} is empty.`] : []),
    ...lineEndNotes(file, scan.lineEnds),
    ...(unnamed === 'first'
      ? [
          `${file}: ${width} fields under ${width - 1} names; the first has no name and is called ${scan.columns[0]!.name}.`,
        ]
      : []),
    ...(unnamed === 'last'
      ? [`${file}: every row ends with a delimiter; the empty field after it is left out.`]
      : []),
    ...(openLine !== null
      ? [`${file}: line ${openLine} is not whole yet and is left for the next run, ${rows} rows are loaded.`]
      : []),
  ]
}

/** One kind of line end is nothing to tell, but for the one that most tools take for no line end at all. */
function lineEndNotes(file: string, { lf, crlf, cr }: LineEnds): string[] {
  const kinds = Object.entries({ LF: lf, CRLF: crlf, CR: cr }).filter(([, count]) => count > 0)
  if (kinds.length < 2) return cr > 0 ? [`${file}: lines end with CR alone.`] : []
  const counts = kinds.map(([name, count]) => `${count.toLocaleString('en')} with ${name}`)
  return [`${file}: lines end in different ways, ${counts.join(', ')}.`]
}

/** Values that stand out in their column: what they are loaded as, and how to have it otherwise. */
export function columnNotes(file: string, scan: CsvScan): string[] {
  return scan.columns.flatMap(({ name, reading }) => [
    ...textNote(file, name, reading),
    ...nanNote(file, name, reading),
  ])
}

function textNote(file: string, name: string, { demoted }: ColumnReading): string[] {
  return demoted
    ? [
        `${demotion(file, name, demoted)} If it means NULL, say null: ${JSON.stringify(demoted.text)}; to refuse such rows, declare the column's type.`,
      ]
    : []
}

export function demotion(file: string, name: string, { from, line, text, typed }: Demotion): string {
  const words = WORDS[from] ?? 'values'
  const before = typed === 1 ? `1 ${words.replace(/s$/, '')}` : `${typed.toLocaleString('en')} ${words}`
  return `${file}, line ${line}: ${name} is ${JSON.stringify(text)} after ${before}, so the column is loaded as text.`
}

/** Columns that are text only because files do not agree. */
export function mergeNotes(
  files: readonly ScannedColumns[],
  merged: readonly { name: string; type: string }[],
): string[] {
  return merged.flatMap(({ name, type }) => {
    if (!isTextType(type)) return []
    const kinds = files.flatMap(({ file, scan }) => {
      const column = scan.columns.find((one) => columnKey(one.name) === columnKey(name))
      if (!column || column.reading.expected) return []
      const { valueClass } = column.reading
      return valueClass === 'none' ? [] : [{ file: file.file, words: WORDS[valueClass] ?? 'texts' }]
    })
    const [first] = kinds
    const other = kinds.find(({ words }) => words !== first?.words)
    return first && other
      ? [
          `${name} holds ${first.words} in ${first.file} and ${other.words} in ${other.file}, so the column is loaded as text; to refuse such files, declare the column's type.`,
        ]
      : []
  })
}

function nanNote(file: string, name: string, { nans, valueClass }: ColumnReading): string[] {
  if (nans === 0 || valueClass !== 'double') return []
  const values = nans === 1 ? '1 value' : `${nans.toLocaleString('en')} values`
  return [`${file}: ${name} is NaN in ${values}, which stays NaN. If it means NULL, say null: NaN.`]
}
