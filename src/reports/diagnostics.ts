import { defineDiagnostics } from '../domain/diagnostic.js'
import { didYouMean, nearest, shortList } from '../project/diagnostics/nearest.js'
import { FORMAT_NAMES } from './value-format.js'

type Named = { name: string; known: readonly string[] }

/** What can be wrong with a report's text: front matter, blocks, values. */
export const reportDiagnostic = defineDiagnostics({
  REPORT_FILE_NAME: {
    message: (p: { name: string }) => `"${p.name}" cannot be the name of a report.`,
    hint: () => 'Use small letters, digits, - and _, beginning with a letter: reports/weekly.md.',
  },
  REPORT_FRONT_MATTER_MISSING: {
    message: () => 'The report does not begin with its front matter.',
    hint: () => 'Begin the file with ---, then title: and period:, then --- again.',
  },
  REPORT_FRONT_MATTER_OPEN: {
    message: () => 'The front matter is never closed.',
    hint: () => 'End it with --- on a line of its own.',
  },
  REPORT_LOCALE: {
    message: (p: { text: string }) => `"${p.text}" is no language that numbers and dates can be written in.`,
    hint: () => 'For example en-IE, de-DE or fr; or a value of each tenant: customer.locale.',
  },
  REPORT_TENANT_UNDECLARED: {
    message: () => 'for_each: tenant needs to know what a tenant is.',
    hint: () => 'Name the column in millrace.yaml: tenant: customer_id.',
  },
  REPORT_ONLY_FOR_TENANTS: {
    message: (p: { field: string }) =>
      `${p.field} has no meaning here: the report is not made for each tenant.`,
    hint: () => 'Add for_each: tenant, or take it out.',
  },
  REPORT_SHARED_UNKNOWN: {
    message: (p: Named) => `There is no asset "${p.name}" to share.`,
    hint: (p: Named) => didYouMean(p.name, p.known, 'Take it out of shared.'),
  },
  REPORT_SHARED_UNUSED: {
    severity: 'warning',
    message: (p: { name: string }) => `${p.name} is shared, but no query of this report reads it.`,
    hint: () => 'Take it out of shared: what is not needed should not be allowed.',
  },
  REPORT_EMPTY: {
    message: () => 'The report says nothing.',
    hint: () => 'Write text, and put queries and charts between: see docs/reports.md.',
  },
  REPORT_BLOCK_UNKNOWN: {
    message: (p: Named) => `"${p.name}" is no kind of block.`,
    hint: (p: Named) => didYouMean(p.name, p.known, 'Choose another.'),
  },
  REPORT_BLOCK_NESTED: {
    message: (p: { kind: string }) => `This ${p.kind} block is indented or stands inside a list or a quote.`,
    hint: () => 'Begin its ``` at the left margin.',
  },
  REPORT_BLOCK_OPEN: {
    message: (p: { kind: string }) => `This ${p.kind} block is never closed.`,
    hint: () => 'End it with ``` on a line of its own.',
  },
  REPORT_QUERY_NAME: {
    message: (p: { name: string }) =>
      p.name === '' ? 'This query has no name.' : `"${p.name}" cannot be the name of a query.`,
    hint: () => 'Write ```sql traffic: small letters, digits and _, beginning with a letter.',
  },
  REPORT_QUERY_RESERVED: {
    message: (p: { name: string }) =>
      `A query cannot be called ${p.name}: that name has a meaning of its own.`,
    hint: () => 'Choose another name.',
  },
  REPORT_QUERY_TWICE: {
    message: (p: { name: string; line: number }) =>
      `The query ${p.name} is there already, in line ${p.line}.`,
    hint: () => 'Give one of them another name.',
  },
  REPORT_QUERY_UNUSED: {
    severity: 'warning',
    message: (p: { name: string }) => `Nothing shows the query ${p.name}.`,
    hint: () => 'Show it in a chart, a table or the text, or take it out.',
  },
  REPORT_QUERY_UNKNOWN: {
    message: (p: Named) => `There is no query "${p.name}" in this report.`,
    hint: (p: Named) => didYouMean(p.name, p.known, 'Write one: ```sql name.'),
  },
  REPORT_DATA_MISSING: {
    message: (p: { kind: string }) => `This ${p.kind} block does not say which query it shows.`,
    hint: (p: { kind: string }) =>
      p.kind === 'chart'
        ? 'Add data: and the name of a query.'
        : `Write \`\`\`${p.kind} and the name of a query.`,
  },
  REPORT_CHART_KIND: {
    message: (p: { name: string }) =>
      p.name === '' ? 'The chart does not say what kind it is.' : `"${p.name}" is no kind of chart.`,
    hint: () => 'Write ```chart line or ```chart bar.',
  },
  REPORT_CHART_SERIES: {
    message: () => 'A chart with series: can have one y only.',
    hint: () => 'Draw several columns, or one column split by another, not both.',
  },
  REPORT_CHARTS_MANY: {
    severity: 'warning',
    message: (p: { count: number }) => `This is chart number ${p.count}; readers take in about six.`,
    hint: () => 'Leave out those that change nothing, or make another report.',
  },
  REPORT_NUMBERS_MANY: {
    severity: 'warning',
    message: (p: { count: number }) => `These are ${p.count} numbers; three are remembered.`,
    hint: () => 'Keep those that matter; the rest has a place in a table.',
  },
  REPORT_VALUE_OPEN: {
    message: () => 'This {{ is never closed.',
    hint: () => 'Write {{ query.column }} on one line.',
  },
  REPORT_VALUE_SYNTAX: {
    message: (p: { text: string }) => `"${p.text}" is no value.`,
    hint: () => 'Write {{ query.column }} or {{ query.column | number }}.',
  },
  REPORT_VALUE_FIELD: {
    message: (p: Named & { of: string }) => `There is no ${p.of}.${p.name}.`,
    hint: (p: Named & { of: string }) => didYouMean(p.name, p.known, 'Choose another.'),
  },
  REPORT_VALUE_IN_LINK: {
    message: () => 'A value cannot be part of a link’s address.',
    hint: () => 'Put it into the link’s text, or write it beside the link.',
  },
  REPORT_FORMAT: {
    message: (p: { detail: string; name: string; hint: string | null }) => `${capital(p.detail)}.`,
    hint: (p: { detail: string; name: string; hint: string | null }) => p.hint ?? formatHint(p.name),
  },
  REPORT_IMAGE: {
    message: () => 'A report shows no pictures from elsewhere: it must open without a network.',
    hint: () => 'Take it out, or put it in as data:image/png;base64,….',
  },
})

const formatHint = (name: string): string => {
  const found = nearest(name, FORMAT_NAMES)
  return found === null ? `Formats: ${shortList(FORMAT_NAMES)}.` : `Did you mean "${found}"?`
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
