import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean, nearest } from '../diagnostics/nearest.js'

/** SQL statements: what they are, what they read, what they are given. */
export const statementDiagnostic = defineDiagnostics({
  STATEMENT_MISSING: {
    message: () => 'There is no statement after the header.',
    hint: () => 'Write one SELECT; its rows are the asset’s.',
  },
  STATEMENT_SEVERAL: {
    message: (p: { count: number }) => `The file holds ${p.count} statements; the second begins here.`,
    hint: () => 'One file makes one table: move each to a file of its own, or join them with WITH.',
  },
  STATEMENT_NOT_SELECT: {
    message: (p: { detail: string }) => `${p.detail}.`,
    hint: (p: { detail: string }) =>
      p.detail.startsWith('PIVOT')
        ? 'Columns that come and go with the rows are no promise.'
        : 'Write the SELECT alone: its rows become the table.',
  },
  STATEMENT_SYNTAX: {
    message: (p: { detail: string }) => `The SQL cannot be parsed: ${p.detail}.`,
    hint: () => 'The message is the engine’s own; look just before the place it names.',
  },
  REFERENCE_UNKNOWN: {
    message: (p: { table: string; known: readonly string[] }) => `There is no asset "${p.table}".`,
    hint: (p: { table: string; known: readonly string[] }) =>
      didYouMean(p.table, p.known, 'A table outside the project is declared as a source first.'),
  },
  REFERENCE_NO_SCHEMA: {
    message: (p: { table: string; known: readonly string[] }) =>
      `"${p.table}" names no asset: its schema is missing.`,
    hint: (p: { table: string; known: readonly string[] }) => schemaHint(p.table, p.known),
  },
  REFERENCE_CATALOG: {
    message: (p: { table: string }) => `"${p.table}" has three parts: assets have two, schema and table.`,
    hint: () => 'A table of another database is declared as a source first.',
  },
  REFERENCE_FILE: {
    message: (p: { what: string }) => `The statement reads files itself (${p.what}).`,
    hint: () =>
      'Declare a source, which notices new files and keeps what it read: source: { from: drop, path: "readings/*.csv" }.',
  },
  REFERENCE_HIDDEN: {
    message: (p: { function: string }) => `${p.function}() hides which tables are read.`,
    hint: () => 'Name the assets in FROM.',
  },
  PARAMETER_UNKNOWN: {
    message: (p: { name: string; known: readonly string[] }) => `Nothing is called $${p.name}.`,
    hint: (p: { name: string; known: readonly string[] }) => {
      const found = nearest(p.name, p.known)
      return found === null
        ? `Declare it in millrace.yaml: vars: { ${p.name}: … }.`
        : `Did you mean $${found}?`
    },
  },
  PARAMETER_POSITIONAL: {
    message: () => 'The statement has parameters without a name.',
    hint: () => 'Write $name, and declare it under vars: in millrace.yaml.',
  },
  INTERVAL_WITHOUT_TIME: {
    message: (p: { name: string; materialize: string }) =>
      `$${p.name} has no meaning here: ${p.materialize === '' ? 'the asset has no time' : `a ${p.materialize} is made whole`}.`,
    hint: (p: { materialize: string }) =>
      p.materialize === ''
        ? 'Say which column holds the event time: time: { column: hour, grain: hour }.'
        : 'Use materialize: incremental, or take the condition out.',
  },
  INTERVAL_UNUSED: {
    severity: 'warning',
    message: (p: { asset: string }) =>
      `${p.asset} is incremental, but its statement uses neither $start nor $end.`,
    hint: () => 'Each range would be built from all rows. Add: where read_at >= $start and read_at < $end.',
  },
})

/** `readings` finds `staging.readings` by its table alone. */
function schemaHint(table: string, known: readonly string[]): string {
  const same = known.find((name) => name.split('.')[1]?.toLowerCase() === table.toLowerCase())
  const like = same ?? known.find((name) => name.split('.')[1] === nearest(table, known.map(tableOf)))
  return like === undefined ? 'Write schema.table.' : `Did you mean "${like}"?`
}

const tableOf = (name: string): string => name.split('.')[1] ?? name
