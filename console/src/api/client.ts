import { problemOf, unreachable } from './problem.js'
import { currentToken, refuseToken } from './token.js'

export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>

type Options = Readonly<{
  method?: 'GET' | 'POST' | 'DELETE'
  params?: Params
  body?: unknown
  signal?: AbortSignal | undefined
  headers?: Readonly<Record<string, string>>
}>

/** Asks `/api/v1`; parameters that are null are left out. @throws ApiProblem */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options)
  // The shapes are the server's own types, and its answers are made by the same build.
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** The answer as text, for reports. @throws ApiProblem */
export const requestText = async (path: string, options: Options = {}): Promise<string> =>
  (await send(path, options)).text()

/** Sends and looks at the status; the body is the caller's. @throws ApiProblem */
export async function send(path: string, options: Options = {}): Promise<Response> {
  const { method = 'GET', params = {}, body, signal, headers = {} } = options
  const response = await fetch(addressOf(path, params), {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...authorization(),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    cache: 'no-store',
    credentials: 'omit',
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw unreachable()
  })
  if (response.ok) return response
  // A token that no longer fits is forgotten: the sign-in page asks for the new one.
  if (response.status === 401) refuseToken()
  throw problemOf(response.status, await response.json().catch(() => null))
}

/** One part of a path: names of assets and reports, numbers of runs. */
export const part = (value: string | number): string => encodeURIComponent(String(value))

function addressOf(path: string, params: Params): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

function authorization(): Record<string, string> {
  const token = currentToken()
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
