import { inShell } from '../../base/in-shell.js'
import type { CheckResult } from '../../domain/check.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { StepRecord } from '../../domain/run.js'
import type { RunResult } from '../../executor/run.js'
import { count, duration, plural, rowsText } from './numbers.js'
import { alignTable, type Terminal } from './terminal.js'

const STATUS_ORDER: readonly StepRecord['status'][] = ['released', 'unchanged', 'held', 'failed', 'skipped']

/** What a run did, for a person: what came in, was built, checked, held and delivered, and where to look next. */
export function summaryLines(
  result: RunResult,
  sources: ReadonlySet<string>,
  terminal: Terminal,
  /** What commands need to find the project again: empty, or ` --project DIR`. */
  at: string,
): string[] {
  const { paint } = terminal
  const steps = result.steps.filter(({ status }) => status === 'released')
  const loaded = steps.filter(({ asset }) => sources.has(asset))
  const built = steps.filter(({ asset }) => !sources.has(asset))
  return [
    '',
    ...stageTable(result, loaded, built, terminal),
    ...failedChecks(result, terminal),
    ...problemLines(result.steps, terminal),
    '',
    closingLine(result, paint),
    ...nextLines(result, at),
  ]
}

function stageTable(
  result: RunResult,
  loaded: readonly StepRecord[],
  built: readonly StepRecord[],
  { paint }: Terminal,
): string[] {
  const checks = result.steps.flatMap((step) => step.checks)
  const failed = checks.filter(({ status }) => status !== 'passed')
  const quarantined = sumMetric(result.steps, 'rows_quarantined')
  const held = result.steps.filter(({ status }) => status === 'held')
  const rows: string[][] = []
  if (loaded.length > 0)
    rows.push(['came in', plural(loaded.length, 'source'), rowsText(sumRows(loaded)), took(loaded)])
  if (built.length > 0)
    rows.push(['built', plural(built.length, 'asset'), rowsText(sumRows(built)), took(built)])
  if (checks.length > 0) {
    const verdict = failed.length === 0 ? 'all passed' : `${failed.length} failed`
    rows.push([
      'checked',
      plural(checks.length, 'check'),
      verdict,
      duration(sumMetric(result.steps, 'check_ms')),
    ])
  }
  if (quarantined > 0) rows.push(['set aside', '', rowsText(quarantined), ''])
  if (held.length > 0) rows.push(['held', plural(held.length, 'asset'), rowsText(sumRows(held)), took(held)])
  rows.push(...deliveredRows(result.deliveries))
  return alignTable(
    rows.map(([name = '', ...cells]) => [paint.bold(name), ...cells]),
    new Set([1, 2, 3]),
  )
}

function deliveredRows(deliveries: readonly DeliveryRecord[]): string[][] {
  const connections = [...new Set(deliveries.map(({ connection }) => connection))]
  return connections.map((connection) => {
    const records = deliveries.filter((record) => record.connection === connection)
    const done = records.filter(({ status }) => status === 'delivered')
    const rows = done.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0)
    return [
      'delivered',
      `${count(done.length)} of ${count(records.length)} to ${connection}`,
      rowsText(rows),
      duration(Math.max(0, ...records.map(({ durationMs }) => durationMs))),
    ]
  })
}

function failedChecks({ steps }: RunResult, { paint }: Terminal): string[] {
  const failed = steps.flatMap(({ checks }) => checks).filter(({ status }) => status !== 'passed')
  if (failed.length === 0) return []
  const effect = (check: CheckResult) =>
    ({
      continue: 'let through',
      quarantine: '',
      hold_delivery: 'not delivered',
      block: 'held',
    })[check.onFail]
  return [
    '',
    ...alignTable(
      failed.map((check) => [
        `  ${paint.yellow(check.severity)}`,
        paint.bold(check.asset),
        check.check,
        check.message,
        paint.dim(effect(check)),
      ]),
    ),
  ]
}

function problemLines(steps: readonly StepRecord[], { paint }: Terminal): string[] {
  return steps.flatMap(({ asset, status, reason, error, judgedRelease }) => {
    if (status === 'failed')
      return [
        '',
        `${paint.red('Failed')} ${paint.bold(asset)} · ${error?.message ?? reason}`,
        ...(error?.hint ? [`  ${error.hint}`] : []),
      ]
    if (status === 'held')
      return [
        '',
        `${paint.yellow('Held')} ${paint.bold(asset)} · ${reason}. ${judgedRelease === null ? 'Readers still see the last good release.' : SEEN_ALREADY}`,
      ]
    return []
  })
}

/** Nothing can be kept from readers that they have seen; what can still be is. */
const SEEN_ALREADY =
  'What reads them is not built and nothing more of them is delivered. Correct the rows or the check, then run again.'

function closingLine(result: RunResult, paint: Terminal['paint']): string {
  const words = STATUS_ORDER.flatMap((status) => {
    const number = result.steps.filter((step) => step.status === status).length
    return number > 0 ? [`${number} ${status}`] : []
  })
  const release = result.release === null ? 'nothing new to release' : `release ${result.release}`
  return `${paint.bold(`Run ${result.run}`)}: ${release}; ${words.join(', ')}; ${duration(result.durationMs)}`
}

function nextLines({ steps, deliveries }: RunResult, at: string): string[] {
  const held = steps.find(({ status, checks }) => status === 'held' && checks.length > 0)
  const failing = held?.checks.filter(({ status, onFail }) => status !== 'passed' && onFail === 'block') ?? []
  const lines: string[] = []
  if (deliveries.some(({ status }) => status === 'waiting')) {
    lines.push(`Waiting deliveries go out with the next run: millrace run${at}`)
  }
  if (held) lines.push(`See the rows: millrace check ${held.asset} --rows${at}`)
  if (held && failing.length > 0) {
    const names = inShell(failing.map(({ check }) => check).join(','))
    lines.push(`Let them pass once: millrace run --select ${held.asset}+ --accept ${names}${at}`)
  }
  return [...lines, `Look: millrace status${at} · millrace query "select …"${at}`]
}

const took = (steps: readonly StepRecord[]): string => duration(sumMetric(steps, 'build_ms'))

const sumRows = (steps: readonly StepRecord[]): number =>
  steps.reduce((sum, { rows }) => sum + (rows ?? 0), 0)

function sumMetric(steps: readonly StepRecord[], name: string): number {
  return steps.reduce(
    (sum, { metrics }) => sum + (metrics.find((metric) => metric.name === name)?.value ?? 0),
    0,
  )
}
