import { LATEST_END } from '../../app/alerts.js'
import { ALERT_STATES } from '../../domain/alert.js'
import { type Endpoint, jsonEndpoint } from '../endpoint.js'
import { API_PATHS } from '../paths.js'
import { alert, alertKind, alertState, silence } from '../schemas/alert.js'
import { z } from '../schemas/exactly.js'
import { limit, name, number, orNull, text } from '../schemas/request.js'

/** `firing,acknowledged`. */
const states = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(alertState))
  .openapi({
    type: 'string',
    pattern: `^(${ALERT_STATES.join('|')})(,(${ALERT_STATES.join('|')}))*$`,
    description: `Any of ${ALERT_STATES.join(', ')}, with commas between; open ones if left out`,
  })

export const alertEndpoints: readonly Endpoint[] = [
  jsonEndpoint({
    at: API_PATHS.alerts,
    name: 'alerts',
    summary: 'Alerts, root causes before what they caused, the newest first',
    query: { states: orNull(states), asset: orNull(name), limit: limit(200, 1_000) },
    answer: z.array(alert),
    call: ({ query }, api) => api.alerts(query),
  }),
  jsonEndpoint({
    at: API_PATHS.alert,
    name: 'alert',
    summary: 'One alert and those it caused',
    params: { id: number },
    answer: z.object({ alert, caused: z.array(alert) }).openapi('AlertWithCaused'),
    call: async ({ params }, api) => {
      const found = await api.alert(params.id)
      return { alert: found.alert, caused: [...found.caused] }
    },
  }),
  jsonEndpoint({
    at: API_PATHS.acknowledge,
    name: 'acknowledge',
    summary: 'Somebody looks after it: no more messages about it',
    params: { id: number },
    body: { by: name, note: z.string().max(10_000).default('') },
    answer: alert,
    call: ({ params, body }, api) => api.acknowledge(params.id, body.by, body.note),
  }),
  jsonEndpoint({
    at: API_PATHS.silences,
    name: 'silences',
    summary: 'What no messages are sent about',
    answer: z.array(silence),
    call: (_, api) => api.silences(),
  }),
  jsonEndpoint({
    at: API_PATHS.silence,
    name: 'silence',
    summary: 'Sends no messages about some assets for a while',
    body: {
      assets: name,
      kind: alertKind.nullable().default(null),
      until: z.number().int().positive().openapi({ maximum: LATEST_END }),
      by: name,
      reason: text,
    },
    answer: silence,
    call: ({ body }, api) => api.silence(body),
  }),
  jsonEndpoint({
    at: API_PATHS.unsilence,
    name: 'unsilence',
    summary: 'Ends a silence',
    params: { id: number },
    answer: null,
    call: ({ params }, api) => api.unsilence(params.id),
  }),
]
