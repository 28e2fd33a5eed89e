import { FILE_FORMATS, LOADS } from '../domain/asset.js'
import { type Fields, object, optional, required } from './composite-shape.js'
import { SHARED_FIELDS } from './header-fields.js'
import { boolean, choice, type Located, located, number, type Shape, text } from './shape.js'

const character = (example: string): Shape<string> => text('a character', example)

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

/** As the engine's reader spells them; `'\\r'` and a real carriage return are taken for `cr`. */
const NEW_LINES: Readonly<Record<string, string>> = { lf: '\\n', crlf: '\\r\\n', cr: '\\r' }

const newLine: Shape<string> = {
  schema: { enum: [...Object.keys(NEW_LINES), ...Object.values(NEW_LINES)] },
  label: 'lf, crlf or cr',
  example: 'lf',
  read: (node, reading) => {
    const spelled =
      node.kind === 'scalar' ? String(node.value).replace(/\r/g, '\\r').replace(/\n/g, '\\n') : ''
    const known = NEW_LINES[spelled] ?? Object.values(NEW_LINES).find((value) => value === spelled)
    return known ?? choice(Object.keys(NEW_LINES)).read(node, reading)
  },
}

/** How a file is read. Left out, the reader finds out by itself. */
export const READER_FIELDS = {
  header: optional(boolean, 'CSV: the first line names the columns.', 'found out'),
  delimiter: optional(character("';'"), 'CSV: character between values.', 'found out'),
  quote: optional(character("'\"'"), 'CSV: character around values.', 'found out'),
  escape: optional(character("'\"'"), 'CSV: character before a quote inside a value.', 'found out'),
  null: optional(nullTexts, 'CSV: texts that mean no value.', 'the empty text'),
  date_format: optional(
    text('a format', "'%d/%m/%Y'"),
    'How dates are written, as in strftime.',
    'found out',
  ),
  timestamp_format: optional(
    text('a format', "'%d/%m/%Y %H:%M'"),
    'How timestamps are written, as in strftime.',
    'found out',
  ),
  encoding: optional(choice(['utf-8', 'utf-16', 'latin-1'] as const), 'CSV: encoding of the text.', 'utf-8'),
  skip: optional(number({ integer: true, min: 0 }), 'CSV: lines to leave out at the top.', '0'),
  new_line: optional(newLine, 'CSV: what ends a line: lf, crlf or cr.', 'found out'),
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
  what: 'The source',
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
