import type { RunEvent } from '../../executor/events.js'
import type { LogLine } from '../api/shapes.js'

type Line = Omit<LogLine, 'line' | 'at'>

const LEVELS: Readonly<Record<string, LogLine['level']>> = {
  debug: 'debug',
  info: 'info',
  log: 'info',
  warn: 'warn',
  error: 'error',
}

/** What a run's log keeps of an event; null for progress, which is worth nothing afterwards. */
export function lineOf(event: RunEvent): Line | null {
  switch (event.kind) {
    case 'run-started':
      return line('info', null, `run ${event.run} started`, { steps: event.plan.steps.length })
    case 'step-started':
      return line('info', event.asset, 'building', event.usualMs === null ? {} : { usualMs: event.usualMs })
    case 'step-progress':
      return null
    case 'step-checking':
      return line('info', event.asset, 'checking', { rows: event.rows })
    case 'step-retried':
      return line('warn', event.asset, `tried again: ${event.message}`, {
        attempt: event.attempt,
        delayMs: event.delayMs,
      })
    case 'step-log':
      return line(LEVELS[event.level] ?? 'info', event.asset, event.message)
    case 'step-finished':
      return finished(event)
    case 'released':
      return line('info', null, `release ${event.release}`, {
        assets: event.assets.length,
        durationMs: event.durationMs,
      })
    case 'delivered': {
      const { status, asset, connection, target, inserted, updated, deleted, durationMs, error } =
        event.record
      return line(
        status === 'delivered' ? 'info' : 'warn',
        asset,
        `${status} to ${target} on ${connection}${error ? `: ${error}` : ''}`,
        { inserted, updated, deleted, durationMs },
      )
    }
    case 'run-finished':
      return line(event.status === 'done' ? 'info' : 'warn', null, `run ${event.run} is ${event.status}`, {
        release: event.release,
        durationMs: event.durationMs,
      })
    default:
      return null
  }
}

function finished({ asset, status, record }: Extract<RunEvent, { kind: 'step-finished' }>): Line {
  const { rows, durationMs, attempts, reason, error } = record
  const fields = { rows, durationMs, attempts }
  if (status === 'failed' && error)
    return line('error', asset, `failed: ${error.message}`, { ...fields, code: error.code, hint: error.hint })
  return line(status === 'held' ? 'warn' : 'info', asset, `${status}: ${reason}`, fields)
}

const line = (
  level: LogLine['level'],
  asset: string | null,
  message: string,
  fields: LogLine['fields'] = {},
): Line => ({ level, asset, message, fields })
