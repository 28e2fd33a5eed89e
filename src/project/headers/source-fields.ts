import { FILE_FORMATS, LOADS } from '../../domain/asset.js'
import { type Fields, object, optional, required } from '../shapes/composite-shape.js'
import { fieldDiagnostic } from '../shapes/diagnostics.js'
import {
  boolean,
  checkedText,
  choice,
  type Located,
  located,
  number,
  type Shape,
  text,
  wrongType,
} from '../shapes/shape.js'
import { SHARED_FIELDS } from './header-fields.js'

/** One plain character; `tab` and `\\t` stand for a tab, and quotes may be switched off by an empty text. */
function character(example: string, mayBeEmpty = false): Shape<string> {
  return {
    schema: { type: 'string', maxLength: 3 },
    label: 'a character',
    example,
    read: (node, reading) => {
      if (node.kind !== 'scalar' || typeof node.value !== 'string')
        return wrongType(node, reading, 'a character', example, '')
      const value = node.value.replace(/^(\\t|tab)$/, '\t')
      if (value.length === 1 || (value === '' && mayBeEmpty)) return value
      const fault = {
        path: reading.path,
        detail: `is "${value}", not one character`,
        hint: `For example: ${example}`,
      }
      reading.report(fieldDiagnostic('FIELD_VALUE', fault, node.at))
      return undefined
    },
  }
}

/** Names that other readers use for what the decoder knows. */
const ENCODING_ALIASES: Readonly<Record<string, string>> = {
  'latin-1': 'latin1',
  'utf-16': 'utf-16le',
  cp1252: 'windows-1252',
}

const encoding = checkedText(text('an encoding', 'latin-1'), (name) => {
  try {
    new TextDecoder(ENCODING_ALIASES[name.toLowerCase()] ?? name)
    return null
  } catch {
    return {
      detail: `is "${name}", which is no encoding`,
      hint: 'Usual ones are utf-8, latin-1, windows-1252 and utf-16.',
    }
  }
})

/** A text, or a list of texts, each of which may be empty. */
const nullTexts: Shape<string | readonly string[]> = {
  schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  label: 'a text, or a list of texts',
  example: "['', 'NaN']",
  read: (node, reading) => {
    const one = (item: typeof node): string | undefined =>
      item.kind === 'scalar' && item.value === '' ? '' : text('a text', "'NaN'").read(item, reading)
    if (node.kind !== 'list') return one(node)
    return node.items.map(one).filter((item) => item !== undefined)
  },
}

/** How a file is read. Left out, the reader finds out by itself. */
export const READER_FIELDS = {
  header: optional(boolean, 'CSV: the first line names the columns.', 'found out'),
  delimiter: optional(character("';'"), 'CSV: character between values.', 'found out'),
  quote: optional(character("'\"'", true), 'CSV: character around values.', 'found out'),
  escape: optional(character("'\"'", true), 'CSV: character before a quote inside a value.', 'found out'),
  null: optional(nullTexts, 'CSV: texts that mean no value.', 'the empty text'),
  date_format: optional(
    text('a format', "'%d/%m/%Y'"),
    'CSV: how dates are written, as in strftime.',
    'found out',
  ),
  timestamp_format: optional(
    text('a format', "'%d/%m/%Y %H:%M'"),
    'CSV: how timestamps are written, as in strftime.',
    'found out',
  ),
  encoding: optional(encoding, 'CSV: encoding of the text.', 'utf-8'),
  skip: optional(number({ integer: true, min: 0 }), 'CSV: lines to leave out at the top.', '0'),
  comment: optional(character("'#'"), 'CSV: character that begins a line to leave out.', 'none'),
  decimal_separator: optional(character("','"), 'CSV: character before decimals.', '.'),
  null_padding: optional(boolean, 'CSV: lines with fewer values get none for the rest.', 'false'),
  union_by_name: optional(boolean, 'CSV and Parquet: files may lack each other’s columns.', 'false'),
} as const satisfies Fields

/** Fields of `source:` for any kind of connection; which of them fit is checked against the connection. */
export const SOURCE_FIELDS = {
  from: required(located(text('a connection', 'app')), 'Connection in millrace.yaml.'),
  table: optional(located(text('a table', 'hardware.readings')), 'postgres: schema.table.'),
  load: optional(
    located(choice(LOADS)),
    'postgres: read all rows each time, new ones by a cursor, or new and changed ones by cursor and key.',
    'full',
  ),
  cursor: optional(
    located(text('a column', 'id')),
    'postgres: column that grows with every new (or changed) row.',
  ),
  deletes: optional(
    located(boolean),
    'postgres: find rows that are gone upstream by comparing keys at each load.',
    'false',
  ),
  path: optional(
    located(text('a pattern', "'readings/*.csv'")),
    'files: name or glob below the connection’s folder.',
  ),
  format: optional(located(choice(FILE_FORMATS)), 'files: csv, parquet or ndjson.', 'told by the name'),
  ...mapValues(READER_FIELDS),
} as const

/** Options with their places, so that a misplaced one can be pointed at. */
function mapValues<F extends Fields>(
  fields: F,
): { [K in keyof F]: ReturnType<typeof optional<Located<unknown>>> } {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    { ...field, shape: located(field.shape) },
  ])
  // Same keys, each field's shape with its place.
  return Object.fromEntries(entries)
}

const sourceSpec = object(SOURCE_FIELDS, {
  what: 'source',
  example: '{ from: app, table: hardware.readings }',
  misplaced: {
    ignore_errors:
      'Lines that cannot be read must not vanish. Declare the column as text, and convert it in the next asset.',
    new_line: 'Remove it: line ends are found out, whichever they are.',
    sep: 'It is called delimiter.',
    delim: 'It is called delimiter.',
    nullstr: 'It is called null.',
    na_values: 'It is called null.',
    dateformat: 'It is called date_format.',
    timestampformat: 'It is called timestamp_format.',
    key: 'Put key: beside source:, not in it.',
    time: 'Put time: beside source:, not in it.',
    columns: 'Put columns: beside source:, not in it.',
  },
})

export type SourceFields = NonNullable<ReturnType<typeof sourceSpec.read>>

export const SOURCE_ASSET_FIELDS = {
  ...SHARED_FIELDS,
  source: required(located(sourceSpec), 'Where the rows come from.'),
} as const

export const sourceShape = object(SOURCE_ASSET_FIELDS, {
  what: 'the source',
  example: 'source: { from: app, table: hardware.readings }',
  misplaced: {
    materialize: 'Remove it: load: in source: says how rows are kept.',
    deletes: 'Put deletes: true inside source:.',
    inputs: 'Remove it: a source reads from its connection.',
    load: 'Put load: inside source:.',
    cursor: 'Put cursor: inside source:.',
    name: 'Remove it: the name comes from the path.',
    allow_incomplete: 'Remove it: a source loads what is there.',
  },
})

export type SourceAssetFields = NonNullable<ReturnType<typeof sourceShape.read>>
