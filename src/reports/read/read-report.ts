import { digest } from '../../base/digest.js'
import type { AssetNames } from '../../project/assets/asset-names.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import { NAME } from '../../project/files/names.js'
import type { SourceText } from '../../project/files/source-text.js'
import type { Located } from '../../project/shapes/shape.js'
import type { ParsedSql } from '../../sql/parse.js'
import { reportDiagnostic } from '../diagnostics.js'
import {
  assetsOf,
  type Block,
  type ColumnValue,
  type Query,
  type Report,
  type TextTemplate,
  type Value,
} from '../report.js'
import { readBlock } from './blocks.js'
import { readBody } from './body.js'
import { type Fence, readFences } from './fences.js'
import { type FrontMatter, readFrontMatter } from './front-matter.js'
import { isLocale } from './locale.js'
import { readQuery } from './query.js'
import { RESERVED_NAMES, readColumnValue, readTemplate } from './text-template.js'

/** A report's file, cut into its parts; its queries may be parsed meanwhile. */
export type OpenedReport = Readonly<{
  name: string
  source: SourceText
  fields: FrontMatter | null
  body: number
  fences: readonly Fence[]
  /** False where something was wrong with it already. */
  sound: boolean
}>

export function openReport(name: string, source: SourceText, report: Told): OpenedReport {
  const told = noting(report)
  const { fields, body } = readFrontMatter(source, told.report)
  const fences = readFences(source, body, told.report)
  return { name, source, fields, body, fences, sound: told.isSound() }
}

export type ReportReading = Readonly<{
  names: AssetNames
  vars: readonly string[] | null
  /** The project's tenant column; null where it says none, undefined where that is not known. */
  tenant: string | null | undefined
  /** What the parser says of each sql block. */
  parsed: ReadonlyMap<Fence, ParsedSql>
  report: Told
}>

/** Null: something is wrong with it, and was reported. */
export function readReport(opened: OpenedReport, reading: ReportReading): Report | null {
  const { report: told, isSound } = noting(reading.report)
  const { source, fences, body } = opened
  const queries = readQueries(opened, { ...reading, report: told })
  const names = queriesOf(fences)
  const shown = fences.filter(({ kind }) => kind !== 'sql')
  const blocks = shown.map((fence) => readBlock(fence, { source, queries: names, report: told }))
  reportCharts(blocks, told)
  const text = readBody(source, body, { fences, shown }, told)
  if (source.text.slice(body).trim() === '')
    told(reportDiagnostic('REPORT_EMPTY', undefined, { file: source.file, line: 1, column: 1 }))
  const head = opened.fields && readHead(opened.fields, { ...reading, report: told })
  const values = [
    ...text.values,
    ...headValues(head),
    ...blocks.flatMap((block) => templatesOf(block).flat()),
  ]
  reportValues(values, names, told)
  // A broken block may have been the one that shows a query.
  if (opened.sound && isSound()) reportUnused({ queries, blocks, values }, told)
  if (!opened.sound || !isSound() || head === null || opened.fields === null) return null
  const report: Report = {
    name: opened.name,
    file: source.file,
    source,
    period: opened.fields.period,
    from: opened.fields.from ?? '',
    schedule: opened.fields.schedule ?? null,
    ...head,
    queries,
    blocks: blocks.filter((block) => block !== null),
    ...text,
    digest: digest(source.text),
  }
  reportShared(report, reading.report)
  return report
}

/** Passes mistakes on, and remembers whether one was an error. */
function noting(report: Told): Readonly<{ report: Told; isSound: () => boolean }> {
  let sound = true
  const told: Told = (diagnostic) => {
    if (diagnostic.severity === 'error') sound = false
    report(diagnostic)
  }
  return { report: told, isSound: () => sound }
}

const queriesOf = (fences: readonly Fence[]): string[] =>
  fences.filter(({ kind, words }) => kind === 'sql' && NAME.test(words)).map(({ words }) => words)

function readQueries({ source, fences }: OpenedReport, reading: ReportReading): Query[] {
  const { names, vars, parsed, report } = reading
  const earlier = new Map<string, Fence>()
  const queries: Query[] = []
  for (const fence of fences.filter(({ kind }) => kind === 'sql')) {
    const name = fence.words
    const before = earlier.get(name)
    if (!NAME.test(name)) report(reportDiagnostic('REPORT_QUERY_NAME', { name }, fence.at))
    else if (RESERVED_NAMES.has(name)) report(reportDiagnostic('REPORT_QUERY_RESERVED', { name }, fence.at))
    else if (before) report(reportDiagnostic('REPORT_QUERY_TWICE', { name, line: before.at.line }, fence.at))
    const answer = parsed.get(fence)
    const query =
      answer && readQuery(fence, answer, { source, names, earlier: [...earlier.keys()], vars, report })
    if (query) queries.push(query)
    earlier.set(name, fence)
  }
  return queries
}

type Head = Pick<Report, 'title' | 'forEachTenant' | 'locale' | 'tenantName' | 'shared'>

function readHead(fields: FrontMatter, { names, tenant, report }: ReportReading): Head {
  const forEachTenant = fields.for_each !== undefined
  if (fields.for_each && tenant === null)
    report(reportDiagnostic('REPORT_TENANT_UNDECLARED', undefined, fields.for_each.at))
  if (!forEachTenant)
    for (const [field, written] of [
      ['tenant_name', fields.tenant_name],
      ['shared', fields.shared?.[0]],
    ] as const)
      if (written) report(reportDiagnostic('REPORT_ONLY_FOR_TENANTS', { field }, written.at))
  return {
    title: readTemplate(fields.title.value, { report, at: () => fields.title.at }),
    forEachTenant,
    locale: readLocale(fields.locale, report),
    tenantName: fields.tenant_name
      ? readColumnValue(fields.tenant_name.value, fields.tenant_name.at, report)
      : null,
    shared: (fields.shared ?? []).flatMap(({ value, at }) => {
      const asset = names.find(value)
      if (asset !== undefined) return [{ asset, at }]
      report(reportDiagnostic('REPORT_SHARED_UNKNOWN', { name: value, known: names.all }, at))
      return []
    }),
  }
}

const USUAL_LOCALE = 'en'

function readLocale(written: Located<string> | undefined, report: Told): string | ColumnValue {
  if (written === undefined) return USUAL_LOCALE
  if (written.value.includes('.')) return readColumnValue(written.value, written.at, report) ?? USUAL_LOCALE
  if (isLocale(written.value)) return written.value
  report(reportDiagnostic('REPORT_LOCALE', { text: written.value }, written.at))
  return USUAL_LOCALE
}

function headValues(head: Head | null): Value[] {
  if (head === null) return []
  const named = [head.tenantName, typeof head.locale === 'string' ? null : head.locale]
  return [...valuesOf(head.title), ...named.filter((value) => value !== null)]
}

const valuesOf = (template: TextTemplate): Value[] => template.filter((part) => typeof part !== 'string')

function templatesOf(block: Block | null): Value[][] {
  if (block === null || block.kind === 'value') return []
  const texts = block.kind === 'chart' ? [block.title, block.caption] : [block.title]
  return texts.flatMap((text) => (text === null ? [] : [valuesOf(text)]))
}

function reportValues(values: readonly Value[], known: readonly string[], report: Told): void {
  for (const value of values)
    if (value.kind === 'column' && !known.includes(value.query))
      report(reportDiagnostic('REPORT_QUERY_UNKNOWN', { name: value.query, known }, value.at))
}

function reportUnused(
  {
    queries,
    blocks,
    values,
  }: Readonly<{ queries: readonly Query[]; blocks: readonly (Block | null)[]; values: readonly Value[] }>,
  report: Told,
): void {
  const shown = new Set([
    ...blocks.map((block) => block?.query),
    ...values.map((value) => (value.kind === 'column' ? value.query : undefined)),
    ...queries.flatMap((query) => query.queries),
  ])
  for (const { name, at } of queries)
    if (!shown.has(name)) report(reportDiagnostic('REPORT_QUERY_UNUSED', { name }, at))
}

const MANY_CHARTS = 6

function reportCharts(blocks: readonly (Block | null)[], report: Told): void {
  blocks
    .filter((block) => block?.kind === 'chart')
    .forEach((block, index) => {
      if (index >= MANY_CHARTS && block)
        report(reportDiagnostic('REPORT_CHARTS_MANY', { count: index + 1 }, block.at))
    })
}

function reportShared(report: Report, told: Told): void {
  const read = assetsOf(report)
  for (const { asset, at } of report.shared)
    if (!read.includes(asset)) told(reportDiagnostic('REPORT_SHARED_UNUSED', { name: asset }, at))
}
