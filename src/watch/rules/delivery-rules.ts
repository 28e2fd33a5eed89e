import type { Look, WatchedDelivery } from '../look.js'
import type { Symptom } from '../symptom.js'
import { durationText, momentText } from '../words.js'

/** A connection that is down for a moment is no news: the next run carries everything. */
const WAITING_AFTER_MS = 5 * 60_000

/** Deliveries that do not show what they should. A connection that is down is one trouble, however many wait for it. */
export function deliverySymptoms(look: Look): Symptom[] {
  const waiting = look.deliveries.filter(
    ({ status, since }) => status === 'waiting' && look.now - since > WAITING_AFTER_MS,
  )
  const connections = [...new Set(waiting.map(({ connection }) => connection))]
  return [
    ...look.deliveries.flatMap(symptomsOf),
    ...connections.map((connection) =>
      down(
        connection,
        waiting.filter((delivery) => delivery.connection === connection),
        look,
      ),
    ),
  ]
}

function symptomsOf(delivery: WatchedDelivery): Symptom[] {
  switch (delivery.status) {
    case 'refused':
      return [refused(delivery)]
    case 'held':
      return [held(delivery)]
    // Those of one connection are told together.
    case 'waiting':
    case 'delivered':
      return []
  }
}

const shows = ({ target, delivered, wanted }: WatchedDelivery): string =>
  delivered > 0
    ? `${target} still shows release ${delivered}, not ${wanted}.`
    : `${target} shows nothing of it yet.`

const about = (delivery: WatchedDelivery) => ({
  key: `delivery:${delivery.delivery}`,
  kind: 'delivery' as const,
  asset: delivery.asset,
  effect: shows(delivery),
  run: null,
  observation: null,
  confirmAfter: 1,
})

function refused(delivery: WatchedDelivery): Symptom {
  return {
    ...about(delivery),
    severity: 'error',
    title: `${delivery.connection} refused ${delivery.target}: ${reasonOf(delivery)}`,
    next: 'Put it right, then: millrace run',
  }
}

function held(delivery: WatchedDelivery): Symptom {
  return {
    ...about(delivery),
    severity: 'warning',
    title: `${delivery.target} is not delivered: a check of ${delivery.asset} holds it`,
    next: `Look: millrace check ${delivery.asset} --rows`,
  }
}

function down(connection: string, waiting: readonly WatchedDelivery[], look: Look): Symptom {
  const [first] = waiting
  const since = Math.min(...waiting.map((delivery) => delivery.since))
  const targets = waiting.map(({ target }) => target).sort()
  const shown =
    targets.length > 3
      ? `${targets.slice(0, 3).join(', ')} and ${targets.length - 3} more`
      : targets.join(', ')
  return {
    key: `delivery:${connection}`,
    kind: 'delivery',
    severity: 'error',
    asset: targets.length === 1 ? first!.asset : null,
    title: `${shown} ${targets.length === 1 ? 'has' : 'have'} waited ${durationText(look.now - since)} for ${connection}: ${reasonOf(first!)}`,
    effect: `What ${connection} shows is from before ${momentText(since, look.now, look.timezone)}.`,
    next: `See whether ${connection} answers: millrace doctor`,
    run: null,
    observation: null,
    confirmAfter: 1,
  }
}

const reasonOf = ({ error }: WatchedDelivery): string =>
  (error?.split('\n')[0] ?? 'no reason was given').replace(/\.$/, '')
