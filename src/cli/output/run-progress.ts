import type { RunEvent } from '../../executor/events.js'
import { count, duration, plural } from './numbers.js'
import { cutTo, type Terminal } from './terminal.js'

type Running = {
  since: number
  percent: number | null
  rows: number | null
  usualMs: number | null
  checking: boolean
}

const REDRAW_MS = 100

/**
 * Follows a run on stderr: one line for each step that ends, and in a terminal a block below them with the steps
 * that run now. Lines that stand never move again, so a log of them reads the same.
 */
export function followRun(terminal: Terminal, clock: { monotonic(): number }) {
  const running = new Map<string, Running>()
  let total = 0
  let ended = 0
  let drawn = 0
  const timer = terminal.live ? setInterval(draw, REDRAW_MS) : null

  function erase(): void {
    if (drawn > 0) process.stderr.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  function draw(): void {
    erase()
    const lines = [...running].map(([asset, step]) => runningLine(asset, step, clock.monotonic(), terminal))
    if (total > 0) lines.push(terminal.paint.dim(`${ended} of ${total} steps`))
    for (const line of lines) process.stderr.write(`${cutTo(line, terminal.columns)}\n`)
    drawn = lines.length
  }
  function say(line: string): void {
    erase()
    terminal.note(line)
  }

  return {
    on(event: RunEvent): void {
      switch (event.kind) {
        case 'run-started':
          total = event.plan.steps.length
          break
        case 'step-started':
          running.set(event.asset, {
            since: clock.monotonic(),
            percent: null,
            rows: null,
            usualMs: event.usualMs,
            checking: false,
          })
          break
        case 'step-progress': {
          const step = running.get(event.asset)
          if (step)
            Object.assign(step, { percent: event.percent ?? step.percent, rows: event.rows ?? step.rows })
          break
        }
        case 'step-checking': {
          const step = running.get(event.asset)
          if (step) Object.assign(step, { checking: true, rows: event.rows ?? step.rows })
          break
        }
        case 'step-retried':
          say(
            `${terminal.paint.yellow('retry')}     ${event.asset} in ${duration(event.delayMs)}: ${event.message}`,
          )
          break
        case 'step-log':
          if (event.level === 'warn' || event.level === 'error')
            say(`${terminal.paint.dim('log')}       ${event.asset}: ${event.message}`)
          break
        case 'step-finished':
          running.delete(event.asset)
          ended++
          say(finishedLine(event, terminal))
          break
        case 'released':
          say(
            `${terminal.paint.green('released')}  release ${event.release}: ${plural(event.assets.length, 'asset')} in ${duration(event.durationMs)}`,
          )
          break
        case 'delivered':
          say(deliveredLine(event.record, terminal))
          break
        case 'run-finished':
          break
      }
    },
    close(): void {
      if (timer) clearInterval(timer)
      erase()
    },
  }
}

function runningLine(asset: string, step: Running, now: number, { paint }: Terminal): string {
  const elapsed = now - step.since
  const parts = [duration(elapsed)]
  if (step.rows !== null) parts.push(`${count(step.rows)} rows`)
  if (step.checking) parts.push('checking')
  else if (step.percent !== null && step.percent > 0) parts.push(`${Math.floor(step.percent)} %`)
  if (!step.checking && step.usualMs !== null && step.usualMs > elapsed)
    parts.push(`about ${duration(step.usualMs - elapsed)} left`)
  return `${paint.cyan('running')}   ${paint.bold(asset)}  ${paint.dim(parts.join(' · '))}`
}

function finishedLine(
  { asset, status, record }: RunEvent & { kind: 'step-finished' },
  { paint }: Terminal,
): string {
  const colour = {
    passed: paint.green,
    released: paint.green,
    unchanged: paint.dim,
    held: paint.yellow,
    failed: paint.red,
    skipped: paint.dim,
  }[status]
  const facts = [
    record.rows === null ? null : `${count(record.rows)} rows`,
    duration(record.durationMs),
  ].filter(Boolean)
  const why = status === 'passed' ? '' : `  ${paint.dim(record.reason)}`
  return `${colour(status.padEnd(9))} ${paint.bold(asset)}  ${facts.join(' · ')}${why}`
}

function deliveredLine(record: (RunEvent & { kind: 'delivered' })['record'], { paint }: Terminal): string {
  if (record.status !== 'delivered') {
    return `${paint.yellow(record.status.padEnd(9))} ${paint.bold(record.target)} on ${record.connection}: ${record.error}`
  }
  const { inserted, updated, deleted } = record
  return `${paint.green('delivered')} ${paint.bold(record.target)} on ${record.connection}  +${count(inserted)} ~${count(updated)} -${count(deleted)} rows · ${duration(record.durationMs)}`
}
