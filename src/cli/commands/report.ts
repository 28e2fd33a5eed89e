import { resolve } from 'node:path'
import type { ReportMethods } from '../../app/api/api.js'
import type { ReportSummary } from '../../app/api/shapes.js'
import { systemClock } from '../../base/clock.js'
import type { ReportRecord } from '../../domain/report.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { ago, plural } from '../output/numbers.js'
import { recordLine, summaryLine } from '../output/reports.js'
import { alignTable, type Terminal } from '../output/terminal.js'

export type ReportOptions = Readonly<{ tenant?: string; period?: string; out?: string }>

/** Without a name: what reports there are. With one: makes it, for one tenant or all. */
export function report(
  context: CommandContext,
  name: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const files = { filesAsTheyAre: name !== undefined }
  return withApi(
    context,
    (api, signal) =>
      name === undefined ? list(context, api, systemClock.now()) : make(context, api, name, options, signal),
    files,
  )
}

async function list(
  { terminal, options }: CommandContext,
  methods: ReportMethods,
  now: number,
): Promise<number> {
  const reports = await methods.reports()
  if (options.json) terminal.out(JSON.stringify(reports))
  else if (reports.length === 0) terminal.out('There are no reports yet. Write one: reports/weekly.md')
  else for (const line of alignTable(listRows(reports, now, terminal))) terminal.out(line)
  return EXIT.done
}

function listRows(reports: readonly ReportSummary[], now: number, { paint }: Terminal): string[][] {
  const header = ['report', 'for', 'period', 'schedule', 'last made'].map((text) => paint.dim(text))
  return [
    header,
    ...reports.map(({ report: name, forEachTenant, period, schedule, latest }) => [
      paint.bold(name),
      forEachTenant ? 'each tenant' : 'everybody',
      period,
      schedule ?? 'by hand',
      latest === null
        ? 'never'
        : `${latest.period}, ${ago(latest.at, now)}: ${summaryLine({ made: latest.rendered, held: latest.held, failed: latest.failed })}`,
    ]),
  ]
}

async function make(
  { terminal, options: global }: CommandContext,
  methods: ReportMethods,
  name: string,
  { tenant, period, out }: ReportOptions,
  signal: AbortSignal,
): Promise<number> {
  const request = {
    report: name,
    tenant: tenant ?? null,
    period: period ?? null,
    out: out === undefined ? null : resolve(out),
  }
  const records = await methods.render(
    request,
    (record) => terminal.note(recordLine(record, terminal)),
    signal,
  )
  if (global.json) terminal.out(JSON.stringify(records))
  else terminal.out(lastLine(name, records))
  return exitCodeOf(records)
}

/** Stands alone in a log. */
function lastLine(name: string, records: readonly ReportRecord[]): string {
  const [first] = records
  if (first === undefined) return `${name}: no tenant has rows in what it reads; nothing was made.`
  const count = (...statuses: ReportRecord['status'][]) =>
    records.filter(({ status }) => statuses.includes(status)).length
  const made = count('rendered', 'no_data', 'unchanged')
  const [unchanged, empty] = [count('unchanged'), count('no_data')]
  const asides = [
    unchanged > 0 ? `${unchanged} unchanged` : '',
    empty > 0 ? `${empty} without data` : '',
  ].filter(Boolean)
  const aside = asides.length > 0 ? ` (${asides.join(', ')})` : ''
  const summary = summaryLine({ made, held: count('held'), failed: count('failed') }, aside)
  return `${name} ${first.period}: ${summary}; ${plural(records.length, 'report')} in all.`
}

function exitCodeOf(records: readonly ReportRecord[]): number {
  if (records.some(({ status }) => status === 'failed')) return EXIT.failed
  return records.some(({ status }) => status === 'held') ? EXIT.held : EXIT.done
}
