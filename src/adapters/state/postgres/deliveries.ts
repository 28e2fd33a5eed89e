import { z } from 'zod'
import type { DeliveryRecord } from '../../../domain/delivery.js'
import { type Database, parseRows, type Query } from './database.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'

export const deliveryRecord: z.ZodType<DeliveryRecord> = z.object({
  delivery: z.string(),
  asset: z.string(),
  connection: z.string(),
  target: z.string(),
  delivered: z.number(),
  wanted: z.number(),
  needsAll: z.boolean(),
  status: z.enum(['delivered', 'waiting', 'refused', 'held']),
  inserted: z.number(),
  updated: z.number(),
  deleted: z.number(),
  durationMs: z.number(),
  attempts: z.number(),
  error: z.string().nullable(),
})

export async function deliveries(database: Database, { scope }: Scope): Promise<DeliveryRecord[]> {
  const rows = await database.query({
    text: `select delivery, asset, connection, target, delivered, wanted, needs_all as "needsAll", status,
             inserted::float8 as inserted, updated::float8 as updated, deleted::float8 as deleted,
             duration_ms as "durationMs", attempts, error
           from millrace_state.deliveries where scope = $1 order by delivery`,
    values: [scope],
  })
  return parseRows(deliveryRecord, rows, 'deliveries')
}

export async function saveDeliveries(
  database: Database,
  { scope }: Scope,
  records: readonly DeliveryRecord[],
): Promise<void> {
  if (records.length > 0) await database.query(upsertDeliveries(scope, records, 'done'))
}

/**
 * `due`: from a release, prepared a while ago. A newer wish stays, and so does what was delivered meanwhile.
 * `done`: what a delivery tells; it is the truth about its target.
 */
export const upsertDeliveries = (
  scope: number,
  records: readonly DeliveryRecord[],
  kind: 'due' | 'done',
): Query => ({
  text: `insert into millrace_state.deliveries as current (scope, delivery, asset, connection, target, delivered, wanted,
           needs_all, status, inserted, updated, deleted, duration_ms, attempts, error)
         select $1, delivery, asset, connection, target, delivered, wanted, "needsAll", status, inserted, updated,
           deleted, "durationMs", attempts, error
         from jsonb_to_recordset($2::jsonb) as record (delivery text, asset text, connection text, target text,
           delivered int, wanted int, "needsAll" boolean, status text, inserted float8, updated float8,
           deleted float8, "durationMs" float8, attempts int, error text)
         order by delivery
         on conflict (scope, delivery) do update set asset = excluded.asset, connection = excluded.connection,
           target = excluded.target, wanted = excluded.wanted, needs_all = excluded.needs_all,
           status = excluded.status, inserted = excluded.inserted, updated = excluded.updated,
           deleted = excluded.deleted, duration_ms = excluded.duration_ms, attempts = excluded.attempts,
           error = excluded.error, ${
             kind === 'due'
               ? `delivered = greatest(current.delivered, excluded.delivered)
         where current.wanted <= excluded.wanted`
               : 'delivered = excluded.delivered'
           }`,
  values: [scope, jsonText(records)],
})
