import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic } from '../domain/diagnostic.js'
import { assetNames } from '../project/assets/asset-names.js'
import type { Report as Told } from '../project/diagnostics/report.js'
import { sortDiagnostics } from '../project/diagnostics/sort-diagnostics.js'
import { readSource, startOf } from '../project/files/asset-files.js'
import type { SqlParser } from '../sql/parse.js'
import { reportDiagnostic } from './diagnostics.js'
import type { Fence } from './read/fences.js'
import { type OpenedReport, openReport, readReport } from './read/read-report.js'
import type { Report } from './report.js'

/**
 * What reports may name. `tenant`: null where the project has none, undefined where that is not known; `vars`: null
 * where they are not.
 */
export type ReportContext = Readonly<{
  assets: readonly string[]
  vars: readonly string[] | null
  tenant: string | null | undefined
  parse: SqlParser
}>

/** Reports that have no mistake, and the mistakes of the others. */
export type LoadedReports = Readonly<{ reports: readonly Report[]; diagnostics: readonly Diagnostic[] }>

const REPORT_NAME = /^[a-z][a-z0-9_-]*$/

/** Reads `reports/*.md`. Runs nothing; every mistake that can be seen without rows is reported, all together. */
export async function loadReports(root: string, context: ReportContext): Promise<LoadedReports> {
  const found: Diagnostic[] = []
  const report: Told = (diagnostic) => void found.push(diagnostic)
  const opened = await openReports(root, report)
  const parsed = await parseQueries(opened, context.parse)
  const { vars, tenant } = context
  const names = assetNames(context.assets)
  const reports = opened.map((each) => readReport(each, { names, vars, tenant, parsed, report }))
  return { reports: reports.filter((each) => each !== null), diagnostics: sortDiagnostics(found) }
}

async function openReports(root: string, report: Told): Promise<OpenedReport[]> {
  const files = await reportFiles(root)
  return files.flatMap((file) => {
    const name = file.slice('reports/'.length, -'.md'.length)
    if (!REPORT_NAME.test(name)) report(reportDiagnostic('REPORT_FILE_NAME', { name }, startOf(file)))
    const source = readSource(root, file, report)
    return source === null ? [] : [openReport(name, source, report)]
  })
}

/** Relative to the project; what begins with `_` or `.` and a README are somebody's notes. */
async function reportFiles(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'reports'), { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md') && !/^([._]|readme\.)/i.test(entry.name))
    .map(({ name }) => `reports/${name}`)
    .sort()
}

/** All queries of all reports at once. */
async function parseQueries(opened: readonly OpenedReport[], parse: SqlParser) {
  const fences = opened.flatMap((report) => report.fences.filter(({ kind }) => kind === 'sql'))
  const answers = await parse(fences.map(({ text }) => text))
  return new Map<Fence, (typeof answers)[number]>(
    answers.flatMap((answer, index) => {
      const fence = fences[index]
      return fence ? [[fence, answer] as const] : []
    }),
  )
}
