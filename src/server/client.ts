import type { Api, RunOutcome } from '../app/api/api.js'
import type { LiveEvent } from '../app/api/shapes.js'
import { type Clock, systemClock } from '../base/clock.js'
import { MillraceError } from '../base/errors.js'
import type { ReportRecord } from '../domain/report.js'
import type { RunEvent } from '../executor/events.js'
import { ask, type Connection, type Sending, send } from './client/request.js'
import { MISSED, messages, outcomeOf, resumed } from './client/stream.js'
import { serverError } from './errors.js'
import { API_PATHS, type ApiPath, SERVER_PATHS } from './paths.js'

export type HttpApiOptions = Connection &
  Readonly<{
    clock?: Pick<Clock, 'now' | 'sleep'>
    /** Writes a rendered page below a folder of this machine; without it `out` cannot be asked for. */
    saveReport?: (out: string, record: ReportRecord, html: string) => Promise<void>
  }>

/**
 * `Api` over HTTP. Errors come back as the `MillraceError`s that the server had, with the same codes, messages and
 * hints; SERVER_LOST where it does not answer. Works in browsers too.
 */
export function createHttpApi(options: HttpApiOptions): Api {
  const paths = API_PATHS
  const get = <T>(at: ApiPath, sending?: Sending) => ask<T>(options, at, sending)
  return {
    overview: () => get(paths.overview),
    status: () => get(paths.status),
    search: (text) => get(paths.search, { query: { text } }),
    assets: () => get(paths.assets),
    asset: (name) => get(paths.asset, { parts: { name } }),
    preview: (name, limit, signal) => get(paths.preview, { parts: { name }, query: { limit }, signal }),
    metrics: ({ asset, ...query }) => get(paths.metrics, { parts: { name: asset }, query }),
    lineage: (query) => get(paths.lineage, { query }),
    releases: (limit) => get(paths.releases, { query: { limit } }),
    plan: ({ select, full, start, end }) => get(paths.plan, { body: { select, full, start, end } }),
    run: (request, emit, signal) => run(options, request, emit, signal),
    queue: () => get(paths.queue),
    cancel: (number, by) => get(paths.cancel, { parts: { run: number }, body: { by } }),
    runs: (query) => get(paths.runs, { query }),
    runDetail: (number) => get(paths.runDetail, { parts: { run: number } }),
    log: ({ run: number, ...query }) => get(paths.log, { parts: { run: number }, query }),
    query: ({ sql, maxRows }, signal) => get(paths.query, { body: { sql, maxRows }, signal }),
    check: (body, signal) => work(options, paths.check, { body, signal }, () => undefined),
    latestChecks: (select) => get(paths.latestChecks, { query: { select } }),
    alerts: ({ states, ...query }) =>
      get(paths.alerts, { query: { ...query, states: states?.join(',') ?? null } }),
    alert: (id) => get(paths.alert, { parts: { id } }),
    acknowledge: (id, by, note) => get(paths.acknowledge, { parts: { id }, body: { by, note } }),
    silences: () => get(paths.silences),
    silence: (body) => get(paths.silence, { body }),
    unsilence: (id) => get(paths.unsilence, { parts: { id } }),
    reports: () => get(paths.reports),
    report: (report) => get(paths.report, { parts: { report } }),
    render: (request, emit, signal) => render(options, request, emit, signal),
    reportHtml: (request) => reportHtml(options, request),
    doctor: () => get(paths.doctor),
    types: () => get(paths.types),
    events: (after, signal) => events(options, after, signal),
  }
}

/**
 * Starts a run and follows it, across lost connections. Aborting asks the server to cancel it and waits for its end.
 */
async function run(
  options: HttpApiOptions,
  request: Parameters<Api['run']>[0],
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  signal.throwIfAborted()
  const { select, full, start, end, trigger, accept } = request
  const body = { select, full, start, end, trigger, accept }
  // Not given the signal: cut off here, nobody would know whether the run has begun.
  const { ticket } = await ask<{ ticket: string }>(options, API_PATHS.run, { body })
  const lost = new AbortController()
  const cancel = () => {
    const by = trigger
    ask(options, SERVER_PATHS.cancelTicket, { parts: { ticket }, body: { by } }).catch((error: unknown) => {
      if (error instanceof MillraceError && error.code === 'SERVER_LOST') lost.abort(signal.reason)
    })
  }
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const sending = { parts: { ticket }, signal: lost.signal }
    const told = resumed(options, SERVER_PATHS.runEvents, sending, { clock: clockOf(options), lastId: '' })
    return (await outcomeOf<RunOutcome, RunEvent>(told, emit))!.outcome
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Work that is cut off when its client goes away. */
async function work<T, E>(
  options: HttpApiOptions,
  at: ApiPath,
  sending: Sending,
  emit: (event: E) => void,
): Promise<T> {
  const { url } = options
  try {
    const done = await outcomeOf<T, E>(await messages(options, at, sending), emit)
    if (done) return done.outcome
  } catch (cause) {
    sending.signal?.throwIfAborted()
    throw cause instanceof MillraceError ? cause : serverError('SERVER_LOST', { url }, { cause })
  }
  throw serverError('SERVER_LOST', { url })
}

async function render(
  options: HttpApiOptions,
  { report, tenant, period, out }: Parameters<Api['render']>[0],
  emit: (record: ReportRecord) => void,
  signal: AbortSignal,
): Promise<readonly ReportRecord[]> {
  const sending = { parts: { report }, body: { tenant, period }, signal }
  const records = await work<readonly ReportRecord[], ReportRecord>(options, API_PATHS.render, sending, emit)
  if (out === null) return records
  if (!options.saveReport) throw new TypeError('this client cannot write files')
  for (const record of records) {
    if (record.file !== null) await options.saveReport(out, record, await reportHtml(options, record))
  }
  return records
}

async function reportHtml(
  options: HttpApiOptions,
  { report, tenant, period }: Parameters<Api['reportHtml']>[0],
): Promise<string> {
  const response = await send(options, API_PATHS.reportHtml, { parts: { report }, query: { tenant, period } })
  return response.text()
}

async function* events(
  options: HttpApiOptions,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  const told = resumed(
    options,
    API_PATHS.events,
    { signal },
    { clock: clockOf(options), lastId: after ?? '' },
  )
  try {
    for await (const message of told) {
      if (message === MISSED) yield { id: '', at: clockOf(options).now(), kind: 'reset' }
      else yield JSON.parse(message.data) as LiveEvent
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const clockOf = ({ clock }: HttpApiOptions): Pick<Clock, 'now' | 'sleep'> => clock ?? systemClock
