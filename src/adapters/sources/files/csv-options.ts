import type { Json } from '../../../base/json.js'
import { sourceError } from '../errors.js'
import { compileTimeFormat } from './time-format.js'
import { ISO_SPELLING, type Spelling } from './value-class.js'

/** How the header of an asset says its CSV files are written; what is missing is found out. */
export type CsvOptions = Readonly<{
  delimiter?: string
  quote?: string
  escape?: string
  header?: boolean
  /** Unquoted texts that mean NULL, the empty one among them. */
  nulls: readonly string[]
  encoding?: string
  /** Lines before the header that are left out. */
  skip: number
  comment?: string
  dateFormat?: string
  timestampFormat?: string
  decimalSeparator?: string
  /** Rows with fewer fields get NULLs for the rest. */
  nullPadding: boolean
  /** Files may lack each other's columns, which are then NULL. */
  unionByName: boolean
}>

/** Every spelling people bring along from other tools, and what it means here. */
const NAMES: Readonly<Record<string, string>> = {
  delim: 'delimiter',
  delimiter: 'delimiter',
  sep: 'delimiter',
  separator: 'delimiter',
  quote: 'quote',
  escape: 'escape',
  header: 'header',
  null: 'null',
  nulls: 'null',
  nullstr: 'null',
  na_values: 'null',
  encoding: 'encoding',
  skip: 'skip',
  comment: 'comment',
  dateformat: 'date_format',
  date_format: 'date_format',
  timestampformat: 'timestamp_format',
  timestamp_format: 'timestamp_format',
  decimal_separator: 'decimal_separator',
  decimal: 'decimal_separator',
  null_padding: 'null_padding',
  union_by_name: 'union_by_name',
}

export const CSV_OPTION_NAMES: readonly string[] = [...new Set(Object.values(NAMES))]

/** @throws SOURCE_OPTION_WRONG for names nobody knows and values that mean nothing. */
export function csvOptions(asset: string, declared: Readonly<Record<string, Json>>): CsvOptions {
  const wrong = (option: string, detail: string) =>
    sourceError('SOURCE_OPTION_WRONG', { asset, option, detail, known: CSV_OPTION_NAMES })
  const given = new Map<string, Json>()
  for (const [name, value] of Object.entries(declared)) {
    const known = NAMES[name.toLowerCase()]
    if (known === undefined) throw wrong(name, 'which is no option of CSV files')
    given.set(known, value)
  }
  const text = (name: string): string | undefined => {
    const value = given.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw wrong(`${name}: ${JSON.stringify(value)}`, 'which should be a text')
  }
  const flag = (name: string): boolean | undefined => {
    const value = given.get(name)
    if (value === undefined || typeof value === 'boolean') return value
    throw wrong(`${name}: ${JSON.stringify(value)}`, 'which should be true or false')
  }
  const character = (name: string, mayBeEmpty = false): string | undefined => {
    const value = name === 'delimiter' ? text(name)?.replace(/^(\\t|tab)$/, '\t') : text(name)
    if (value === undefined || (value === '' && mayBeEmpty) || isPlainCharacter(value)) return value
    throw wrong(`${name}: ${JSON.stringify(value)}`, 'which should be one plain character')
  }
  const format = (name: string): string | undefined => {
    const value = text(name)
    if (value !== undefined && compileTimeFormat(value) === null)
      throw wrong(`${name}: ${JSON.stringify(value)}`, 'which is no format such as %d/%m/%Y')
    return value
  }
  return withoutMissing({
    delimiter: character('delimiter'),
    quote: character('quote', true),
    escape: character('escape', true),
    header: flag('header'),
    nulls: nullTexts(given.get('null'), wrong),
    encoding: encoding(text('encoding'), wrong),
    skip: count(given.get('skip'), wrong),
    comment: character('comment', true) || undefined,
    dateFormat: format('date_format'),
    timestampFormat: format('timestamp_format'),
    decimalSeparator: character('decimal_separator'),
    nullPadding: flag('null_padding') ?? false,
    unionByName: flag('union_by_name') ?? false,
  })
}

/** A byte of its own in every file that is read as UTF-8. */
const isPlainCharacter = (text: string): boolean =>
  text.length === 1 && text.charCodeAt(0) > 0 && text.charCodeAt(0) < 128

type Wrong = (option: string, detail: string) => Error

function nullTexts(value: Json | undefined, wrong: Wrong): string[] {
  if (value === undefined || value === null) return ['']
  const texts = Array.isArray(value) ? value : [value]
  if (!texts.every((text) => typeof text === 'string' || typeof text === 'number'))
    throw wrong(`null: ${JSON.stringify(value)}`, 'which should be a text or a list of texts')
  return [...new Set(['', ...texts.map(String)])]
}

function count(value: Json | undefined, wrong: Wrong): number {
  if (value === undefined) return 0
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw wrong(`skip: ${JSON.stringify(value)}`, 'which should be a number of lines')
}

/** Names that other readers use and the decoder does not know. */
const ENCODINGS: Readonly<Record<string, string>> = {
  'latin-1': 'latin1',
  'iso-8859-1': 'latin1',
  'utf-16': 'utf-16le',
  utf16: 'utf-16le',
  cp1252: 'windows-1252',
}

function encoding(value: string | undefined, wrong: Wrong): string | undefined {
  if (value === undefined) return undefined
  const label = ENCODINGS[value.toLowerCase()] ?? value
  try {
    return new TextDecoder(label).encoding
  } catch {
    throw wrong(`encoding: ${value}`, 'which is no encoding such as utf-8, latin-1 or utf-16')
  }
}

export function spellingOf(options: CsvOptions): Spelling {
  const compile = (format: string | undefined) => (format === undefined ? null : compileTimeFormat(format))
  return {
    decimalPoint: options.decimalSeparator?.charCodeAt(0) ?? ISO_SPELLING.decimalPoint,
    date: compile(options.dateFormat),
    timestamp: compile(options.timestampFormat),
  }
}

/** Drops the keys whose value is undefined, which exact optional types do not allow. */
function withoutMissing<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The entries that stay are those with a value, which is what the type says.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
