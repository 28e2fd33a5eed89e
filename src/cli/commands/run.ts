import { relative } from 'node:path'
import type { Api } from '../../app/api/api.js'
import { systemClock } from '../../base/clock.js'
import type { RunStatus, StepRecord } from '../../domain/run.js'
import type { RunResult } from '../../executor/run.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { planLines } from '../output/plan.js'
import { followRun } from '../output/run-progress.js'
import { summaryLines } from '../output/run-summary.js'
import { personName, wholeNumber } from '../typed-values.js'

export type RunOptions = Readonly<{
  select?: string
  full?: boolean
  start?: string
  end?: string
  dryRun?: boolean
  accept?: string
  cancel?: string
}>

export function run(context: CommandContext, options: RunOptions): Promise<number> {
  if (options.cancel !== undefined) return cancel(context, wholeNumber(options.cancel))
  const { terminal, options: global } = context
  const request = {
    select: options.select ?? null,
    full: options.full ?? false,
    start: options.start ?? null,
    end: options.end ?? null,
    trigger: context.words,
    accept: options.accept === undefined ? [] : [options.accept],
  }
  const build = async (api: Api, signal: AbortSignal) => {
    if (options.dryRun) {
      const plan = await api.plan(request)
      terminal.out(global.json ? JSON.stringify(plan) : planLines(plan, terminal).join('\n'))
      return EXIT.done
    }
    const progress = followRun(terminal, systemClock)
    const { result, sources } = await api.run(request, progress.on, signal).finally(progress.close)
    if (global.json) terminal.out(JSON.stringify(runJson(result)))
    else
      terminal.out(summaryLines(result, new Set(sources), terminal, projectFlag(global.project)).join('\n'))
    return exitCodeOf(result.status)
  }
  return withApi(context, build, { filesAsTheyAre: true })
}

/** Of a run that goes on in the server. What it released before, while it delivers, stays. */
function cancel(context: CommandContext, number: number): Promise<number> {
  const { terminal, options: global } = context
  return withApi(context, async (api) => {
    await api.cancel(number, personName())
    terminal.out(global.json ? JSON.stringify({ run: number }) : `Run ${number} is being cancelled.`)
    return EXIT.done
  })
}

/** What a reader has to add to a command to mean this project from where they are. */
function projectFlag(folder: string): string {
  if (folder === '.') return ''
  const near = relative('.', folder)
  const shown = near.startsWith('..') ? folder : near || '.'
  return shown === '.' ? '' : ` --project ${shown.includes(' ') ? `'${shown}'` : shown}`
}

function exitCodeOf(status: RunStatus): number {
  if (status === 'done') return EXIT.done
  return status === 'held' ? EXIT.held : EXIT.failed
}

/** The published shape: `{ run, release, steps: [{ asset, status, rows, durationMs, … }] }`. */
function runJson({ run, release, status, steps, deliveries, durationMs }: RunResult) {
  return { run, release, status, durationMs, steps: steps.map(stepJson), deliveries }
}

function stepJson({ metrics, ...step }: StepRecord) {
  return { ...step, metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])) }
}
