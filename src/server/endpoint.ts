import type { Api } from '../app/api/api.js'
import { linkSignals } from '../base/link-signals.js'
import type { Logger } from '../base/log.js'
import type { ServerState } from './client/server-state.js'
import { serverError } from './errors.js'
import type { Limits } from './limits.js'
import type { ApiPath } from './paths.js'
import { z } from './schemas/exactly.js'
import type { Slots } from './slots.js'
import type { StartedRuns } from './started-runs.js'

/** What endpoints work with. */
export type ServerParts = Readonly<{
  api: Api
  runs: StartedRuns
  streams: Slots
  limits: Limits
  log: Logger
  /** Runs a query if not too many wait already. @throws SERVER_FULL */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Aborted when no new work is taken and all but runs is cut off; runs are still followed. */
  refusing: AbortSignal
  /** Aborted when the server ends. */
  stopping: AbortSignal
  /** Who this server is, for those who have the token. */
  state: () => ServerState
  /** Reads edited files of the project at once. */
  refresh: () => Promise<void>
  token: string
}>

/** A request as it came; nothing of it is trusted yet. */
export type RawRequest = Readonly<{
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  body: unknown
  header: (name: string) => string | undefined
  /** Aborted when the client goes away before it is answered. */
  signal: AbortSignal
}>

export type Answer = Readonly<{ description: string; type: string | null; schema: z.ZodType | null }>

/** One address of the API: how it is documented, and what it does. */
export type Endpoint = Readonly<{
  at: ApiPath
  name: string
  summary: string
  request: Readonly<{ params?: z.ZodObject; query?: z.ZodObject; body?: z.ZodObject }>
  answers: Readonly<Record<number, readonly Answer[]>>
  /** Needs no token. */
  open?: true
  handle: (raw: RawRequest, parts: ServerParts) => Promise<Response>
}>

type Shape = z.ZodRawShape
type Given<P extends Shape, Q extends Shape, B extends Shape> = Readonly<{
  params: z.output<z.ZodObject<P>>
  query: z.output<z.ZodObject<Q>>
  body: z.output<z.ZodObject<B>>
}>

type Spec<P extends Shape, Q extends Shape, B extends Shape> = Readonly<{
  at: ApiPath
  name: string
  summary: string
  params?: P
  query?: Q
  body?: B
  answers: Endpoint['answers']
  open?: true
  handle: (given: Given<P, Q, B>, raw: RawRequest, parts: ServerParts) => Promise<Response>
}>

const NOTHING: Shape = {}

/** An endpoint that is called with what its schemas made of the request. @throws REQUEST_INVALID */
export function endpoint<P extends Shape, Q extends Shape, B extends Shape>(spec: Spec<P, Q, B>): Endpoint {
  const { at, name, summary, answers, open, handle } = spec
  // Unknown fields are refused: a misspelt one would otherwise be left out in silence.
  const params = z.strictObject(spec.params ?? NOTHING)
  const query = z.strictObject(spec.query ?? NOTHING)
  const body = z.strictObject(spec.body ?? NOTHING)
  return {
    at,
    name,
    summary,
    answers,
    ...(open && { open }),
    request: {
      ...(spec.params && { params }),
      ...(spec.query && { query }),
      ...(at.verb === 'POST' && { body }),
    },
    handle: (raw, parts) => {
      // The schemas are made of the very shapes that the type names.
      const given = {
        params: parsed(params, raw.params, 'path'),
        query: parsed(query, queryObject(raw.query), 'query'),
        body: at.verb === 'POST' ? parsed(body, raw.body, 'body') : {},
      } as Given<P, Q, B>
      return handle(given, raw, parts)
    },
  }
}

/** What a method of `Api` answers as JSON, or 204 where it answers nothing. */
export function jsonEndpoint<P extends Shape, Q extends Shape, B extends Shape, T>(
  spec: Omit<Spec<P, Q, B>, 'answers' | 'handle'> &
    Readonly<{
      answer: z.ZodType<T> | null
      call: (given: Given<P, Q, B>, api: Api, signal: AbortSignal, parts: ServerParts) => Promise<T>
    }>,
): Endpoint {
  const { answer, call, ...rest } = spec
  return endpoint<P, Q, B>({
    ...rest,
    answers: answer ? { 200: [jsonAnswer(answer)] } : { 204: [{ ...DONE, type: null, schema: null }] },
    handle: async (given, raw, parts) => {
      const linked = linkSignals(raw.signal, parts.refusing)
      try {
        const value = await call(given, parts.api, linked.signal, parts)
        return answer ? Response.json(value) : new Response(null, { status: 204 })
      } finally {
        linked.unlink()
      }
    },
  })
}

const DONE = { description: 'Done' }
export const jsonAnswer = (schema: z.ZodType): Answer => ({ ...DONE, type: 'application/json', schema })
export const streamAnswer = (description: string, schema: z.ZodType): Answer => ({
  description,
  type: 'text/event-stream',
  schema,
})

/** A parameter named twice has no one meaning. */
function queryObject(query: URLSearchParams): Record<string, string> {
  const seen = new Map<string, string>()
  for (const [name, value] of query) {
    if (seen.has(name)) throw serverError('REQUEST_INVALID', { detail: `query ${name} is there twice` })
    seen.set(name, value)
  }
  return Object.fromEntries(seen)
}

const MOST_ISSUES = 5

function parsed(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => `${[where, ...path.map(String)].join('.')}: ${message}`)
  throw serverError('REQUEST_INVALID', { detail: issues.join('; ') })
}
