import { serverError } from '../errors.js'
import type { ApiPath } from '../paths.js'
import { pathTo } from '../paths.js'
import { errorOf } from '../problem.js'

export type Connection = Readonly<{ url: string; token: string }>

export type Sending = Readonly<{
  parts?: Readonly<Record<string, string | number>>
  /** Those that are null are left out. */
  query?: Readonly<Record<string, string | number | null>>
  body?: object
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}>

/** Asks the server. @throws what the server threw; SERVER_LOST; the signal's reason */
export async function send(connection: Connection, at: ApiPath, sending: Sending = {}): Promise<Response> {
  const { body, headers, signal } = sending
  const response = await fetch(addressOf(connection, at, sending), {
    method: at.verb,
    headers: {
      authorization: `Bearer ${connection.token}`,
      ...(at.verb === 'POST' && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(at.verb === 'POST' && { body: JSON.stringify(body ?? {}) }),
    ...(signal && { signal }),
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw signal?.aborted ? signal.reason : serverError('SERVER_LOST', { url: connection.url }, { cause })
  })
  if (response.ok) return response
  const error = errorOf(await response.json().catch(() => null))
  throw error ?? serverError('SERVER_ANSWER_UNKNOWN', { url: connection.url, status: response.status })
}

/** The answer as what the method of `Api` gives: server and client are of one build, and its schemas prove it. */
export async function ask<T>(connection: Connection, at: ApiPath, sending: Sending = {}): Promise<T> {
  const response = await send(connection, at, sending)
  try {
    return (response.status === 204 ? undefined : await response.json()) as T
  } catch (cause) {
    const { signal } = sending
    throw signal?.aborted ? signal.reason : serverError('SERVER_LOST', { url: connection.url }, { cause })
  }
}

function addressOf({ url }: Connection, { path }: ApiPath, { parts, query = {} }: Sending): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== null) search.set(name, String(value))
  const text = search.toString()
  return `${url}${pathTo(path, parts)}${text === '' ? '' : `?${text}`}`
}
