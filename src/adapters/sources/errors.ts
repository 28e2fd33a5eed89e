import { defineErrors } from '../../base/errors.js'

export const sourceError = defineErrors({
  SOURCE_UNREACHABLE: {
    transient: true,
    message: (p: { connection: string; detail: string }) =>
      `Cannot reach connection ${p.connection}: ${p.detail}`,
    hint: (p: { connection: string }) =>
      `Check connections.${p.connection} in millrace.yaml, then "millrace doctor".`,
  },
  SOURCE_TABLE_MISSING: {
    message: (p: { connection: string; table: string; nearest: string | null }) =>
      `There is no table ${p.table} on connection ${p.connection}.`,
    hint: (p: { nearest: string | null }) =>
      p.nearest
        ? `Did you mean ${p.nearest}?`
        : 'Check the spelling and the rights of the connection’s user.',
  },
  SOURCE_COLUMN_MISSING: {
    message: (p: { table: string; column: string; nearest: string | null }) =>
      `${p.table} has no column ${p.column}.`,
    hint: (p: { nearest: string | null }) =>
      p.nearest ? `Did you mean ${p.nearest}?` : 'Correct the source’s header.',
  },
  SOURCE_COLUMNS_UNFIT: {
    message: (p: { table: string; detail: string }) => `${p.table} cannot be kept as it is: ${p.detail}.`,
    hint: () => 'Rename it where it comes from; a table can also be read through a view.',
  },
  SOURCE_FILES_DIFFER: {
    message: (p: { asset: string; detail: string }) => `The files of ${p.asset} do not agree: ${p.detail}.`,
    hint: () =>
      'Give each kind of file its own asset. Columns that some files lack: union_by_name: true in source: fills them with NULL.',
  },
  SOURCE_CURSOR_UNFIT: {
    message: (p: { table: string; column: string; type: string }) =>
      `${p.table}.${p.column} is ${p.type}, whose values do not grow with the rows.`,
    hint: () => 'Use a column of whole numbers, times or growing text as cursor:, or load: full.',
  },
  SOURCE_BLOCKED: {
    transient: true,
    message: (p: { connection: string; detail: string }) =>
      `Connection ${p.connection} ended a statement: ${p.detail}`,
    hint: () =>
      'Another session holds the table, an ALTER TABLE perhaps, or somebody cancelled it. The load is tried again.',
  },
  SOURCE_VALUE_UNFIT: {
    message: (p: { table: string; detail: string }) =>
      `${p.table} holds a value the warehouse cannot: ${p.detail}.`,
    hint: () =>
      'Declare a type that holds it under columns: (VARCHAR, JSON or DOUBLE), or correct it upstream.',
  },
  SOURCE_SCHEMA_CHANGED: {
    message: (p: { asset: string; detail: string }) => `Upstream of ${p.asset} changed: ${p.detail}.`,
    hint: (p: { asset: string }) =>
      `Readers keep the last good release. Take the change on: edit columns: of ${p.asset}, or "millrace run --full --select ${p.asset}".`,
  },
  SOURCE_REFUSED: {
    message: (p: { connection: string; detail: string; isRight: boolean }) =>
      `Connection ${p.connection} refused: ${p.detail}`,
    hint: (p: { connection: string; isRight: boolean }) =>
      p.isRight
        ? `Check user, password and rights in connections.${p.connection}.`
        : `The words are the server's own. Correct it there, or connections.${p.connection} in millrace.yaml.`,
  },
  SOURCE_FILE_UNREADABLE: {
    message: (p: { file: string; detail: string }) => `${p.file} cannot be read: ${p.detail}`,
    hint: () => 'Correct or move the file away; the others are untouched until then.',
  },
  SOURCE_OPTION_WRONG: {
    message: (p: { asset: string; option: string; detail: string; known: readonly string[] }) =>
      `source: of ${p.asset} has ${p.option}, ${p.detail}.`,
    hint: (p: { asset: string; option: string; detail: string; known: readonly string[] }) =>
      `Options of this format: ${p.known.join(', ')}.`,
  },
  SOURCE_NO_FILES: {
    message: (p: { pattern: string }) => `No file matches ${p.pattern}.`,
    hint: () => 'Check path: in the header; it is relative to the connection’s folder.',
  },
})
