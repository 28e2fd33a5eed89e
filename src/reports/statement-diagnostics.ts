import { defineDiagnostics } from '../domain/diagnostic.js'
import { didYouMean } from '../project/diagnostics/nearest.js'

type Named = { name: string; known: readonly string[] }

/** What can be wrong with a report's queries, before and after their columns are known. */
export const queryDiagnostic = defineDiagnostics({
  REPORT_SQL_MISSING: {
    message: (p: { name: string }) => `The query ${p.name} is empty.`,
    hint: () => 'Write one SELECT.',
  },
  REPORT_SQL_SEVERAL: {
    message: (p: { name: string }) => `The query ${p.name} holds more than one statement.`,
    hint: () => 'Give each a block and a name of its own; a later one can read an earlier one by its name.',
  },
  REPORT_SQL_SYNTAX: {
    message: (p: { detail: string }) => `The SQL cannot be parsed: ${p.detail}.`,
    hint: () => 'The message is the engine’s own; look just before the place it names.',
  },
  REPORT_SQL_NOT_SELECT: {
    message: (p: { detail: string }) => `${p.detail}, and a report can only read.`,
    hint: () => 'Write a SELECT.',
  },
  REPORT_READS_UNKNOWN: {
    message: (p: Named) => `There is no asset "${p.name}".`,
    hint: (p: Named) => didYouMean(p.name, p.known, 'See the names with: millrace status.'),
  },
  REPORT_READS_NO_SCHEMA: {
    message: (p: Named) => `"${p.name}" is neither an asset nor an earlier query of this report.`,
    hint: (p: Named) =>
      didYouMean(p.name, p.known, 'Assets are written schema.table; a query must stand before it is read.'),
  },
  REPORT_READS_CATALOG: {
    message: (p: { name: string }) => `"${p.name}" is no asset: assets have two parts, schema and table.`,
    hint: () => 'A report reads released assets only.',
  },
  REPORT_READS_FILE: {
    message: (p: { name: string }) => `A report cannot read files (${p.name}).`,
    hint: () => 'Declare a source and build an asset of it; the report reads the asset.',
  },
  REPORT_READS_SYSTEM: {
    message: (p: { name: string }) => `${p.name} is the engine’s own and not for reports.`,
    hint: () => 'A report reads released assets only.',
  },
  REPORT_FUNCTION: {
    message: (p: { name: string }) => `${p.name}() is not for reports: it reaches beyond the tenant’s rows.`,
    hint: () => 'In FROM a report may call unnest, range and generate_series.',
  },
  REPORT_NOT_REPEATABLE: {
    severity: 'warning',
    message: (p: { name: string }) =>
      `${p.name}() gives something else each time, so this report cannot be made again as it was.`,
    hint: () => 'Use $start and $end, the period.',
  },
  REPORT_PARAMETER_POSITIONAL: {
    message: () => 'The query has parameters without a name.',
    hint: () => 'Write $start, $end, $previous_start or a name from vars: in millrace.yaml.',
  },
  REPORT_PARAMETER_UNKNOWN: {
    message: (p: Named) => `Nothing is called $${p.name}.`,
    hint: (p: Named) => didYouMean(p.name, p.known, 'Declare it in millrace.yaml under vars:.'),
  },
  REPORT_TENANT_COLUMN_MISSING: {
    message: (p: { asset: string; column: string }) =>
      `${p.asset} has no column ${p.column}, so nobody can say whose rows these are.`,
    hint: (p: { asset: string }) =>
      `Give it that column, or, if every customer may see all of it: shared: [${p.asset}].`,
  },
  REPORT_TENANT_COLUMN_TYPE: {
    message: (p: { asset: string; column: string; type: string; other: string }) =>
      `${p.column} is ${p.type} in ${p.asset}${p.other}.`,
    hint: () =>
      'Make it one type in all assets: whole numbers, text or UUID. Nothing is compared by guessing.',
  },
  REPORT_SQL_UNBOUND: {
    message: (p: { name: string; detail: string }) => `The query ${p.name} cannot run: ${p.detail}`,
    hint: () => 'The message is the engine’s own. Correct the query.',
  },
  REPORT_COLUMN_UNKNOWN: {
    message: (p: Named & { query: string }) => `The query ${p.query} gives no column "${p.name}".`,
    hint: (p: Named & { query: string }) => didYouMean(p.name, p.known, 'Choose another.'),
  },
  REPORT_FORMAT_UNFIT: {
    message: (p: { column: string; type: string; format: string }) =>
      `${p.column} is ${p.type} and cannot be written as ${p.format}.`,
    hint: () => 'Choose a format that fits, or cast the column in the query.',
  },
  REPORT_NOT_A_NUMBER: {
    message: (p: { column: string; type: string }) => `${p.column} is ${p.type}; a chart draws numbers.`,
    hint: () => 'Choose another column, or cast it in the query.',
  },
})
