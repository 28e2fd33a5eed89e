import type { LiveEvent } from '../../app/api/shapes.js'
import type { CheckReport } from '../../app/check-project.js'
import { MOST_QUERY_ROWS } from '../../app/query-limit.js'
import type { ReportRecord } from '../../domain/report.js'
import { type Endpoint, endpoint, jsonAnswer, jsonEndpoint, streamAnswer } from '../endpoint.js'
import { API_PATHS } from '../paths.js'
import { checkReport } from '../schemas/check.js'
import { liveEvent } from '../schemas/events.js'
import { z } from '../schemas/exactly.js'
import { queryResult } from '../schemas/overview.js'
import { reportRecord } from '../schemas/report.js'
import { name, orNull } from '../schemas/request.js'
import { type Numbered, streamOf, workAnswer } from '../work-stream.js'

const MOST_QUERY_CHARACTERS = 200_000

/** What takes a while: queries, checks, rendering, and the stream of what happens. */
export const workEndpoints: readonly Endpoint[] = [
  jsonEndpoint({
    at: API_PATHS.query,
    name: 'query',
    summary: 'Runs one SELECT on released rows, within limits of time, memory and size',
    body: {
      sql: z.string().max(MOST_QUERY_CHARACTERS),
      maxRows: z.number().default(1_000).openapi({ type: 'integer', minimum: 0, maximum: MOST_QUERY_ROWS }),
    },
    answer: queryResult,
    call: ({ body }, api, signal, { inTurn }) => inTurn(() => api.query(body, signal)),
  }),
  endpoint({
    at: API_PATHS.check,
    name: 'check',
    summary: 'Judges released rows, and compares delivered tables; streams if asked for events',
    body: {
      select: z.string().max(10_000).nullable().default(null),
      delivered: z.boolean().default(false),
      repair: z.boolean().default(false),
    },
    answers: { 200: [jsonAnswer(checkReport), streamAnswer('Ends with `outcome` or `error`', checkReport)] },
    handle: ({ body }, raw, parts) =>
      workAnswer<CheckReport, never>(raw, parts, (_emit, signal) => parts.api.check(body, signal)),
  }),
  endpoint({
    at: API_PATHS.render,
    name: 'render',
    summary: 'Renders a report now; streams a record for each output if asked for events',
    params: { report: name },
    body: { tenant: z.string().max(300).nullable().default(null), period: name.nullable().default(null) },
    answers: {
      200: [
        jsonAnswer(z.array(reportRecord)),
        streamAnswer('An `event` for each output, then `outcome` or `error`', reportRecord),
      ],
    },
    // Where files go is the server's business: a client that wants them elsewhere writes them itself.
    handle: ({ params, body }, raw, parts) =>
      workAnswer<readonly ReportRecord[], ReportRecord>(raw, parts, (emit, signal) =>
        parts.api.render({ report: params.report, ...body, out: null }, emit, signal),
      ),
  }),
  jsonEndpoint({
    at: API_PATHS.types,
    name: 'types',
    summary: 'Writes the types of all rows for TypeScript assets; names the files',
    answer: z.array(z.string()),
    call: (_, api) => api.types(),
  }),
  endpoint({
    at: API_PATHS.events,
    name: 'events',
    summary: 'What happens, from now on or after `Last-Event-ID`',
    query: { after: orNull(name) },
    answers: { 200: [streamAnswer('Events without end', liveEvent)] },
    handle: async ({ query }, raw, parts) => {
      const after = raw.header('last-event-id') || query.after
      return streamOf(raw, parts, (signal) => marked(parts.api.events(after, signal)))
    },
  }),
]

async function* marked(events: AsyncIterable<LiveEvent>): AsyncGenerator<Numbered> {
  for await (const data of events) yield { id: data.id, event: 'event', data }
}
