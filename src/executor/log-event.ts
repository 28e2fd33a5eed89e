import type { Logger } from '../base/log.js'
import type { RunEvent } from './events.js'

/** One line for what a reader of the log asks later; progress is not worth one. */
export function logEvent(log: Logger, event: RunEvent): void {
  const line = lineOf(event)
  if (line) log[line.level ?? 'info'](line.facts, line.text)
}

type Line = { facts: object; text: string; level?: 'warn' }

function lineOf(event: RunEvent): Line | null {
  switch (event.kind) {
    case 'run-started':
      return { facts: { steps: event.plan.steps.length }, text: 'run started' }
    case 'step-finished': {
      const { attempts, durationMs, rows, reason } = event.record
      return { facts: { step: event.asset, status: event.status, durationMs, rows, attempts }, text: reason }
    }
    case 'step-retried': {
      const { asset, attempt, delayMs, message } = event
      return { facts: { step: asset, attempt, delayMs }, text: message, level: 'warn' }
    }
    case 'released': {
      const { release, assets, durationMs } = event
      return { facts: { release, assets: assets.length, durationMs }, text: 'released' }
    }
    case 'delivered': {
      const { delivery, status, delivered, inserted, updated, deleted, durationMs, error } = event.record
      const facts = { delivery, status, delivered, inserted, updated, deleted, durationMs, error }
      return { facts, text: 'delivery' }
    }
    case 'run-finished': {
      const { status, release, durationMs } = event
      return { facts: { status, release, durationMs }, text: 'run finished' }
    }
    case 'step-started':
    case 'step-progress':
    case 'step-checking':
    case 'step-log':
      return null
  }
}
