import type { DeliveryRecord } from '../../domain/delivery.js'
import { exactly, z } from './exactly.js'
import { milliseconds } from './values.js'

export const deliveryRecord = exactly<DeliveryRecord>()(
  z
    .object({
      delivery: z.string().openapi({ example: 'marts.traffic_hourly>app:insights.traffic_hourly' }),
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
      durationMs: milliseconds,
      attempts: z.number(),
      error: z.string().nullable(),
    })
    .openapi('DeliveryRecord'),
)
