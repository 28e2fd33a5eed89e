import { type Endpoint, endpoint, jsonAnswer, jsonEndpoint, streamAnswer } from '../endpoint.js'
import { serverError } from '../errors.js'
import { API_PATHS, pathTo, SERVER_PATHS } from '../paths.js'
import { runEvent } from '../schemas/events.js'
import { z } from '../schemas/exactly.js'
import { plan } from '../schemas/plan.js'
import { limit, name, number, numberOr, orNull, planFields, text } from '../schemas/request.js'
import { logLine, queueEntry, runDetail, runStatus, runSummary } from '../schemas/run.js'
import { streamOf } from '../work-stream.js'

const ticket = z.uuid()

const startedRun = z.object({ ticket, events: z.string() }).openapi('StartedRun', {
  description: 'A run that was taken; follow it at `events`',
})

/** Plans and runs: what would be done, what is done now, what was done. */
export const runEndpoints: readonly Endpoint[] = [
  jsonEndpoint({
    at: API_PATHS.plan,
    name: 'plan',
    summary: 'What a run would do now, and why; changes nothing',
    body: planFields,
    answer: plan,
    call: ({ body }, api) => api.plan(body),
  }),
  endpoint({
    at: API_PATHS.run,
    name: 'run',
    summary: 'Starts a run, which goes on whether somebody follows it or not',
    body: { ...planFields, trigger: text.min(1), accept: z.array(name).max(1_000).default([]) },
    answers: { 202: [jsonAnswer(startedRun)] },
    handle: async ({ body }, _raw, { runs, refusing }) => {
      if (refusing.aborted) throw refusing.reason
      const started = await runs.start(body)
      const events = pathTo(SERVER_PATHS.runEvents.path, { ticket: started })
      return Response.json({ ticket: started, events }, { status: 202, headers: { Location: events } })
    },
  }),
  endpoint({
    at: SERVER_PATHS.runEvents,
    name: 'runEvents',
    summary: 'What a started run tells: `event`s, then `outcome` or `error`. Resumes after `Last-Event-ID`',
    params: { ticket },
    answers: { 200: [streamAnswer('Events of one run', runEvent)] },
    handle: async ({ params }, raw, parts) => {
      const after = lastEventNumber(raw.header('last-event-id'))
      return streamOf(raw, parts, (signal) => parts.runs.follow(params.ticket, after, signal))
    },
  }),
  jsonEndpoint({
    at: SERVER_PATHS.cancelTicket,
    name: 'cancelTicket',
    summary: 'Asks a started run to stop; what it released before stays',
    params: { ticket },
    body: { by: name },
    answer: null,
    call: async ({ params, body }, _api, _signal, { runs }) => runs.cancel(params.ticket, body.by),
  }),
  jsonEndpoint({
    at: API_PATHS.queue,
    name: 'queue',
    summary: 'Runs that go on or wait',
    answer: z.array(queueEntry),
    call: (_, api) => api.queue(),
  }),
  jsonEndpoint({
    at: API_PATHS.cancel,
    name: 'cancel',
    summary: 'Stops a run that goes on',
    params: { run: number },
    body: { by: name },
    answer: null,
    call: ({ params, body }, api) => api.cancel(params.run, body.by),
  }),
  jsonEndpoint({
    at: API_PATHS.runs,
    name: 'runs',
    summary: 'Runs, newest first',
    query: {
      limit: limit(50, 1_000),
      before: orNull(number),
      status: orNull(runStatus),
      asset: orNull(name),
    },
    answer: z.array(runSummary),
    call: ({ query }, api) => api.runs(query),
  }),
  jsonEndpoint({
    at: API_PATHS.runDetail,
    name: 'runDetail',
    summary: 'One run: its steps, what it released and delivered',
    params: { run: number },
    answer: runDetail,
    call: ({ params }, api) => api.runDetail(params.run),
  }),
  jsonEndpoint({
    at: API_PATHS.log,
    name: 'log',
    summary: 'Lines of one run’s log, in order',
    params: { run: number },
    query: { asset: orNull(name), after: numberOr(0), limit: limit(500, 5_000) },
    answer: z.array(logLine),
    call: ({ params, query }, api) => api.log({ run: params.run, ...query }),
  }),
]

/** 0 where there is none: from the start. */
function lastEventNumber(header: string | undefined): number {
  if (header === undefined || header === '') return 0
  if (!/^\d{1,15}$/.test(header))
    throw serverError('REQUEST_INVALID', { detail: 'Last-Event-ID is no number of an event' })
  return Number(header)
}
