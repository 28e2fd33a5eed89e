import { z } from 'zod'
import type { AlertMessage } from '../../adapters/notifiers/notifier.js'
import { alertSchema } from '../../adapters/state/alert-schema.js'
import { ALERT_STATES } from '../../domain/alert.js'

const message: z.ZodType<AlertMessage> = z.object({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  state: z.enum(ALERT_STATES),
  at: z.number(),
  alert: alertSchema,
  caused: z.array(alertSchema),
  link: z.string().nullable(),
})

/** A message as it was kept. One that cannot be understood is a fault, not something to try again. */
export const parseMessage = (body: unknown): AlertMessage => message.parse(body)
