import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean } from '../diagnostics/nearest.js'

type Known = { known: readonly string[] }

/** Headers whose fields do not fit together, or do not fit millrace.yaml. */
export const assetDiagnostic = defineDiagnostics({
  SCHEDULE_UPSTREAM_SOURCE: {
    message: (p: { asset: string }) =>
      `${p.asset} is a source: it reads no asset whose release it could follow.`,
    hint: () =>
      "Give it a cron pattern, schedule: '*/5 * * * *', or leave the field out: then it is loaded by hand only.",
  },
  TIME_MISSING: {
    message: (p: { asset: string }) => `${p.asset} is incremental but has no time.`,
    hint: () => 'Say which column holds the event time: time: { column: hour, grain: hour }.',
  },
  KEY_MISSING: {
    message: (p: { asset: string; why: string }) => `${p.asset} ${p.why} but has no key.`,
    hint: () => 'Name the columns that identify a row: key: [washroom_id, hour].',
  },
  DELETES_NOT_KEYED: {
    message: (p: { materialize: string }) =>
      `"deletes" means nothing to an asset that is materialized as ${p.materialize}.`,
    hint: () => 'Use materialize: keyed, or remove it.',
  },
  VIEW_NOT_SQL: {
    message: () => 'Only a SQL asset can be a view: code has rows to keep.',
    hint: () => 'Use materialize: table.',
  },
  COLUMNS_MISSING: {
    message: (p: { asset: string }) => `${p.asset} does not declare its columns.`,
    hint: () => 'No parser can tell what code yields. Add columns: { device_id: { type: integer }, … }.',
  },
  COLUMN_TYPE_MISSING: {
    message: (p: { column: string }) => `The column "${p.column}" has no type.`,
    hint: (p: { column: string }) => `No parser can tell what code yields: ${p.column}: { type: integer }.`,
  },
  COLUMN_CASE: {
    message: (p: { column: string; other: string }) =>
      `The columns "${p.column}" and "${p.other}" differ by letter case only.`,
    hint: () => 'SQL takes them for one column. Rename one.',
  },
  INPUT_UNKNOWN: {
    message: (p: { input: string } & Known) => `There is no asset "${p.input}".`,
    hint: (p: { input: string } & Known) =>
      didYouMean(p.input, p.known, 'Inputs are assets of this project.'),
  },
  INPUT_SELF: {
    message: (p: { asset: string }) => `${p.asset} reads itself.`,
    hint: () => 'An asset cannot read its own rows while it makes them. Read what it is made from.',
  },
  CYCLE: {
    message: (p: { path: readonly string[] }) =>
      `These assets read each other in a circle: ${p.path.join(' → ')}.`,
    hint: (p: { path: readonly string[] }) =>
      `Break the circle: take one reference out, ${p.path.at(-2)} to ${p.path.at(-1)} for example.`,
  },
  RELATED_UNKNOWN: {
    message: (p: { asset: string } & Known) => `The check compares with "${p.asset}", which is no asset.`,
    hint: (p: { asset: string } & Known) => didYouMean(p.asset, p.known, 'Name an asset of this project.'),
  },
  CONNECTION_UNKNOWN: {
    message: (p: { connection: string } & Known) =>
      `There is no connection "${p.connection}" in millrace.yaml.`,
    hint: (p: { connection: string } & Known) =>
      didYouMean(
        p.connection,
        p.known,
        `Declare it: connections: { ${p.connection}: { type: postgres, url: "\${…}" } }.`,
      ),
  },
  SOURCE_FIELD_MISSING: {
    message: (p: { field: string; connection: string; kind: string; example: string }) =>
      `A source from the ${p.kind} connection "${p.connection}" needs ${p.field}.`,
    hint: (p: { example: string }) => `Add ${p.example}.`,
  },
  SOURCE_FIELD_MISPLACED: {
    message: (p: { field: string; connection: string; kind: string }) =>
      `"${p.field}" means nothing to the ${p.kind} connection "${p.connection}".`,
    hint: (p: { kind: string }) =>
      p.kind === 'postgres'
        ? 'A table is read with table, load, cursor and deletes.'
        : 'Files are read with path, format and the reader’s options.',
  },
  SOURCE_NEEDS_CURSOR: {
    message: (p: { load: string }) => `A source loaded as ${p.load} needs a cursor.`,
    hint: () => 'Name a column that grows with every new or changed row: cursor: id, or cursor: updated_at.',
  },
  SOURCE_NEEDS_KEY: {
    message: (p: { what: string }) => `A source ${p.what} needs a key.`,
    hint: () => 'Name the columns that identify a row, beside source: key: [id].',
  },
  SOURCE_DELETES_FULL: {
    message: () => '"deletes" means nothing to a source that is read whole each time.',
    hint: () => 'Remove it, or use load: keyed.',
  },
  SOURCE_CURSOR_FULL: {
    message: () => '"cursor" means nothing to a source that is read whole each time.',
    hint: () => 'Say how it is read by its cursor, load: incremental or load: keyed, or remove it.',
  },
  SOURCE_FORMAT_UNKNOWN: {
    message: (p: { path: string }) => `The name "${p.path}" does not tell the format of the files.`,
    hint: () => 'Say it: format: csv, parquet or ndjson.',
  },
  SOURCE_OPTION_FORMAT: {
    message: (p: { option: string; format: string }) =>
      `"${p.option}" is an option of CSV; these files are ${p.format}.`,
    hint: () => 'Remove it.',
  },
  PATH_OUTSIDE: {
    message: (p: { path: string }) => `"${p.path}" leads out of the connection’s folder.`,
    hint: () => 'Give a path below the folder, without a leading / and without "..".',
  },
  TABLE_NAME: {
    message: (p: { table: string }) => `"${p.table}" is not the name of a table.`,
    hint: () => 'Write schema.table, or the table alone.',
  },
  DELIVERY_FIELD_MISSING: {
    message: (p: { field: string; connection: string; kind: string; example: string }) =>
      `A delivery to the ${p.kind} connection "${p.connection}" needs ${p.field}.`,
    hint: (p: { example: string }) => `Add ${p.example}.`,
  },
  DELIVERY_FIELD_MISPLACED: {
    message: (p: { field: string; connection: string; kind: string }) =>
      `"${p.field}" means nothing to the ${p.kind} connection "${p.connection}".`,
    hint: (p: { field: string }) => `Remove ${p.field}, or deliver to another connection.`,
  },
  DELIVERY_VIEW: {
    message: (p: { asset: string }) =>
      `${p.asset} is a view, which keeps no rows: what changed in it is not known.`,
    hint: () => 'Use materialize: table, or deliver it to files.',
  },
  DELIVERY_LEDGER: {
    message: (p: { table: string }) =>
      `"${p.table}" belongs to Millrace, which keeps there what was delivered.`,
    hint: () => 'Name a table of your own: insights.status.',
  },
  DELIVERY_TWICE: {
    message: (p: { target: string; other: string }) => `${p.target} is delivered to by ${p.other} already.`,
    hint: () => 'Two assets would undo each other’s rows. Choose another target.',
  },
  DELIVERY_ONTO_SOURCE: {
    message: (p: { target: string; source: string }) => `${p.target} is what ${p.source} reads from.`,
    hint: () => 'A delivery must not change its own source. Choose another table.',
  },
  DELIVERY_NOT_PARQUET: {
    message: (p: { path: string }) =>
      `"${p.path}" does not end in .parquet, the one format of file deliveries.`,
    hint: () => 'Name the file with .parquet at the end.',
  },
})
