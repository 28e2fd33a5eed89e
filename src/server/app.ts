import { RequestError } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { MillraceError, messageOf } from '../base/errors.js'
import { consoleFile } from './console-files.js'
import type { Endpoint, ServerParts } from './endpoint.js'
import { alertEndpoints } from './endpoints/alerts.js'
import { readEndpoints } from './endpoints/reads.js'
import { reportEndpoints } from './endpoints/reports.js'
import { runEndpoints } from './endpoints/runs.js'
import { serverEndpoints } from './endpoints/server.js'
import { workEndpoints } from './endpoints/work.js'
import { serverError } from './errors.js'
import { document, openapiDocument } from './openapi.js'
import { API_ROOT, SERVER_PATHS } from './paths.js'
import { PROBLEM_TYPE, problemOf } from './problem.js'
import { readBody } from './read-body.js'
import { type Guard, requireAllowed } from './security/guard.js'
import { API_HEADERS } from './security/headers.js'

const ENDPOINTS: readonly Endpoint[] = [
  ...serverEndpoints,
  ...readEndpoints,
  ...runEndpoints,
  ...workEndpoints,
  ...alertEndpoints,
  ...reportEndpoints,
]

export type AppParts = ServerParts & Readonly<{ guard: Guard; consoleFolder: string | null }>

/** The whole of what is answered over HTTP: the API, its description, the console's files. */
export function createApp(parts: AppParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.onError((error, context) => answerError(error, context, parts))
  app.use('*', async (context, next) => {
    requireAllowed(askedOf(context), parts.guard)
    await next()
  })
  for (const [path, verbs] of verbsByPath()) app.all(path, oneOf(verbs))
  for (const endpoint of ENDPOINTS) {
    document(app.openAPIRegistry, endpoint)
    app.on(endpoint.at.verb, routeOf(endpoint.at.path), (context) => answer(endpoint, context, parts))
  }
  const openapi = openapiDocument(app)
  app.get(routeOf(SERVER_PATHS.openapi.path), () => Response.json(openapi, { headers: API_HEADERS }))
  app.all('*', (context) => answerRest(context, parts))
  return app
}

/** Hono's way of writing `/assets/{name}`. */
const routeOf = (path: string): string => API_ROOT + path.replace(/\{(\w+)\}/g, ':$1')

function verbsByPath(): ReadonlyMap<string, readonly string[]> {
  const verbs = new Map<string, string[]>()
  for (const { verb, path } of [...ENDPOINTS.map(({ at }) => at), SERVER_PATHS.openapi])
    verbs.set(routeOf(path), [...(verbs.get(routeOf(path)) ?? []), verb])
  return verbs
}

/**
 * HEAD is no GET here: its answer is that to GET without its body, and of a stream without end it would never be done.
 * @throws METHOD_WRONG
 */
const oneOf =
  (verbs: readonly string[]) =>
  ({ req }: Context, next: () => Promise<void>): Promise<void> => {
    const { method } = req.raw
    if (verbs.includes(method)) return next()
    throw serverError('METHOD_WRONG', { method, allowed: verbs })
  }

const askedOf = ({ req }: Context) => ({
  path: req.path,
  host: new URL(req.url).host,
  header: (name: string) => req.header(name),
})

async function answer(endpoint: Endpoint, { req }: Context, parts: AppParts): Promise<Response> {
  const url = new URL(req.url)
  // No name holds one, and databases refuse it.
  if (`${url.pathname}${url.search}`.includes('%00'))
    throw serverError('REQUEST_INVALID', { detail: 'the address holds a NUL character' })
  const body = endpoint.at.verb === 'POST' ? await readBody(req.raw, parts.limits.bodyBytes) : null
  const response = await endpoint.handle(
    {
      params: req.param(),
      query: url.searchParams,
      body,
      header: (name) => req.header(name),
      signal: req.raw.signal,
    },
    parts,
  )
  for (const [name, value] of Object.entries(API_HEADERS))
    if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}

/** Whatever is no endpoint: a file of the console, a page of it, or nothing. */
function answerRest({ req }: Context, { consoleFolder }: AppParts): Promise<Response> {
  const path = req.path
  if (path === '/api' || path.startsWith('/api/')) throw serverError('ROUTE_UNKNOWN', { path: shown(path) })
  const { method } = req.raw
  if (method !== 'GET' && method !== 'HEAD')
    throw serverError('METHOD_WRONG', { method, allowed: ['GET', 'HEAD'] })
  const wantsPage = req.header('accept')?.includes('text/html') ?? false
  return consoleFile(consoleFolder, path, wantsPage)
}

const shown = (path: string): string => path.slice(0, 200)

/** Answers what never became a request: one without a Host or with a broken one, or with no address. */
export function answerUnreadable(error: unknown): Response {
  if (!(error instanceof RequestError)) return problemResponse(error)
  return problemResponse(serverError('REQUEST_INVALID', { detail: messageOf(error).toLowerCase() }))
}

function answerError(error: unknown, { req }: Context, { log }: AppParts): Response {
  const gone = req.raw.signal.aborted
  if (!(error instanceof MillraceError) && !gone)
    log.error({ err: error, method: req.method, path: shown(req.path) }, 'a request broke')
  const problem = problemOf(error)
  if (problem.status === 401 || problem.status === 403 || problem.status === 421)
    log.warn({ code: problem.code, path: shown(req.path) }, 'a request was refused')
  return problemResponse(error, problem)
}

function problemResponse(error: unknown, problem = problemOf(error)): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...API_HEADERS, 'Content-Type': PROBLEM_TYPE, ...extraHeaders(error) },
  })
}

function extraHeaders(error: unknown): Record<string, string> {
  if (!(error instanceof MillraceError)) return {}
  switch (error.code) {
    case 'TOKEN_MISSING':
    case 'TOKEN_WRONG':
      return { 'WWW-Authenticate': 'Bearer realm="millrace"' }
    case 'TOO_MANY_TRIES':
      return { 'Retry-After': '60' }
    case 'METHOD_WRONG':
      return { Allow: (error.params.allowed as readonly string[]).join(', ') }
    case 'BODY_TOO_LARGE':
      return { Connection: 'close' }
    default:
      return error.transient ? { 'Retry-After': '1' } : {}
  }
}
