import type { Interval } from '../../domain/interval.js'
import type { Plan, PlanStep } from '../../planner/plan.js'
import type { Reason } from '../../planner/reasons.js'
import { duration, instant, plural } from './numbers.js'
import { alignTable, type Terminal } from './terminal.js'

/** A plan in words: every stage in the order it is carried out, and why. */
export function planLines(plan: Plan, terminal: Terminal): string[] {
  const { paint } = terminal
  const builds = plan.stages.flatMap((stage) => (stage.kind === 'build' ? stage.assets : []))
  const steps = new Map(plan.steps.map((step) => [step.asset, step]))
  const lines = [
    `Plan for ${paint.bold(plan.project)} in ${plan.environment}`,
    '',
    ...alignTable(builds.map((asset) => stepCells(steps.get(asset)!, terminal))),
  ]
  for (const stage of plan.stages) {
    if (stage.kind === 'release') {
      lines.push('', `Release those of ${plural(stage.assets.length, 'asset')} that pass, in one moment`)
      for (const asset of stage.retire) lines.push(`  ${paint.yellow('retire')} ${asset}: its file is gone`)
    }
    if (stage.kind === 'deliver') {
      const targets = stage.deliveries.map(targetOf).join(', ')
      lines.push(`Deliver to ${paint.bold(stage.connection)} in one transaction: ${targets}`)
    }
  }
  lines.push('', summary(plan))
  return lines
}

const targetOf = (delivery: string): string => delivery.slice(delivery.indexOf(':') + 1)

function stepCells(step: PlanStep, { paint }: Terminal): string[] {
  const word = {
    load: paint.cyan('load'),
    build: paint.green('build'),
    judge: paint.yellow('judge'),
    follow: paint.dim('follow'),
  }[step.action]
  const usual = step.usualMs === null ? '' : paint.dim(`usually ${duration(step.usualMs)}`)
  return [`  ${word}`, paint.bold(step.asset), step.reasons.map(reasonText).join('; '), usual]
}

function summary(plan: Plan): string {
  const builds = plan.steps.filter(({ action }) => action === 'build').length
  const loads = plan.steps.filter(({ action }) => action === 'load').length
  const judged = plan.steps.filter(({ action }) => action === 'judge').length
  const follows = plan.steps.length - builds - loads
  const again = judged > 0 ? `, ${judged} of them judged again` : ''
  return `${plural(loads, 'source')} to load, ${plural(builds, 'asset')} to build, ${follows} built if what they read changes${again}. Do it: millrace run`
}

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'new':
      return 'new'
    case 'changed':
      return 'changed, or something it reads did'
    case 'asked_full':
      return 'everything anew, as asked'
    case 'asked_window':
      return `as asked: ${rangesText([reason.window])}`
    case 'input_rebuilt':
      return 'what it reads is built anew'
    case 'input_released':
      return `newer rows in ${reason.inputs.join(', ')}`
    case 'pending':
      return `rows changed in ${rangesText(reason.ranges)}`
    case 'incomplete':
      return `not complete yet: ${rangesText(reason.ranges)}`
    case 'polls':
      return 'asked for new rows'
    case 'follows':
      return 'if what it reads changes'
    case 'checks_changed':
      return `new or changed checks judge what is released: ${reason.checks.join(', ')}`
    case 'checks_failed':
      return `what is released fails ${reason.checks.join(', ')}`
  }
}

/** The first ranges in UTC, and how many more. */
export function rangesText(ranges: readonly Interval[]): string {
  const shown = ranges.slice(0, 2).map(({ start, end }) => `${instant(start)} – ${instant(end)}`)
  const more = ranges.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
