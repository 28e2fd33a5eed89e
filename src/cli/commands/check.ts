import type { Api } from '../../app/api/api.js'
import { type CheckReport, type DeliveredComparison, differs, isBroken } from '../../app/check-project.js'
import { inOneLine } from '../../base/errors.js'
import type { CheckResult } from '../../domain/check.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { count, rowsText } from '../output/numbers.js'
import { alignTable, type Terminal } from '../output/terminal.js'

export type CheckOptions = Readonly<{ rows?: boolean; delivered?: boolean; repair?: boolean }>

export function check(
  context: CommandContext,
  select: string | undefined,
  options: CheckOptions,
): Promise<number> {
  const { terminal, options: global } = context
  const judge = async (api: Api, signal: AbortSignal) => {
    if (options.rows) {
      const results = await api.latestChecks(select ?? null)
      terminal.out(global.json ? JSON.stringify({ results }) : sampleLines(results, terminal).join('\n'))
      return EXIT.done
    }
    const { delivered = false, repair = false } = options
    const report = await api.check({ select: select ?? null, delivered, repair }, signal)
    terminal.out(global.json ? JSON.stringify(report) : reportLines(report, terminal).join('\n'))
    return exitCodeOf(report)
  }
  return withApi(context, judge, { filesAsTheyAre: true })
}

function exitCodeOf({ results, delivered, repaired }: CheckReport): number {
  const mended = new Set(
    repaired.filter(({ status }) => status === 'delivered').map(({ delivery }) => delivery),
  )
  const broken = delivered.filter((each) => isBroken(each) && !mended.has(each.delivery))
  if (broken.some(({ error }) => error)) return EXIT.failed
  if (broken.length > 0) return EXIT.held
  return results.some(holds) ? EXIT.held : EXIT.done
}

/** What would hold these rows if they were a candidate; of a check that cannot be judged no rows can be set aside. */
const holds = ({ status, onFail }: CheckResult): boolean =>
  status !== 'passed' && (onFail === 'block' || (onFail === 'quarantine' && status === 'error'))

function reportLines(report: CheckReport, terminal: Terminal): string[] {
  const failed = report.results.filter(({ status }) => status !== 'passed')
  const lines = alignTable(report.results.map((result) => resultCells(result, terminal)))
  for (const comparison of report.delivered) lines.push(...comparisonLines(comparison, terminal))
  for (const { target, status, error } of report.repaired)
    lines.push(status === 'delivered' ? `Put right: ${target}` : `Not put right: ${target}: ${error}`)
  const passed = report.results.length - failed.length
  return [...lines, '', `${passed} checks passed, ${failed.length} failed on released rows.`]
}

function resultCells(
  { asset, check: name, status, severity, message }: CheckResult,
  { paint }: Terminal,
): string[] {
  const word = status === 'passed' ? paint.green('passed') : paint.red(status)
  return [word, paint.bold(asset), name, status === 'passed' ? '' : `${message} (${severity})`]
}

function comparisonLines(
  { delivery, comparison, error }: DeliveredComparison,
  { paint }: Terminal,
): string[] {
  if (comparison === null)
    return [`${paint.red('unknown')} ${delivery}: ${inOneLine(error?.message ?? '', error?.hint)}`]
  if (!differs(comparison)) return [`${paint.green('equal ')}  ${delivery}`]
  const { missing, extra, different, samples } = comparison
  return [
    `${paint.red('differs')} ${delivery}: ${rowsText(missing)} missing, ${count(extra)} too many, ${count(different)} changed. Put right: millrace check --repair`,
    ...samples.map((sample) => `  ${JSON.stringify(sample)}`),
  ]
}

function sampleLines(results: readonly CheckResult[], { paint }: Terminal): string[] {
  const failed = results.filter(({ status }) => status !== 'passed')
  if (failed.length === 0) return ['No check failed when these assets last ran.']
  return failed.flatMap(({ asset, check: name, message, samples, tenants }) => [
    `${paint.bold(asset)} ${name}: ${message}`,
    ...samples.map((sample) => `  ${JSON.stringify(sample)}`),
    ...tenants
      .filter((tenant) => tenant.failedRows > 0)
      .slice(0, 5)
      .map(
        (tenant) => `  tenant ${tenant.tenant}: ${count(tenant.failedRows)} of ${count(tenant.rows)} rows`,
      ),
  ])
}
