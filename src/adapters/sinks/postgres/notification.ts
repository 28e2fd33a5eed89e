import type { DeliverRequest, TableOutcome } from '../sink.js'

/** Postgres refuses payloads of 8000 bytes and more. */
const MAX_PAYLOAD_BYTES = 7_999

type DeliveredTable = Readonly<{ target: string; outcome: TableOutcome }>

/**
 * What listeners of the channel `millrace` get: the release, and per table how many rows changed. Where the
 * tables are too many for one message, those with the most changes are named and `more` counts the rest.
 */
export function notificationOf(request: DeliverRequest, tables: readonly DeliveredTable[]): string {
  const named = tables
    .map(({ target, outcome: { inserted, updated, deleted } }) => ({
      table: target,
      inserted,
      updated,
      deleted,
    }))
    .sort((a, b) => b.inserted + b.updated + b.deleted - (a.inserted + a.updated + a.deleted))
  for (let count = named.length; ; count--) {
    const payload = JSON.stringify({
      release: request.release,
      project: request.project,
      environment: request.environment,
      at: new Date(request.at).toISOString(),
      tables: named.slice(0, count),
      ...(count < named.length ? { more: named.length - count } : {}),
    })
    if (count === 0 || Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload
  }
}
