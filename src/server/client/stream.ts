import type { Clock } from '../../base/clock.js'
import { MillraceError } from '../../base/errors.js'
import { serverError } from '../errors.js'
import type { ApiPath } from '../paths.js'
import { errorOf } from '../problem.js'
import { readSse, type SseMessage } from '../sse/read.js'
import { type Connection, type Sending, send } from './request.js'

/** Stands where messages may be missing: the connection was lost before any was seen that could be asked after. */
export const MISSED: SseMessage = { id: '', event: 'missed', data: '' }

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** About a minute in all. */
const MOST_TRIES = 15

/**
 * Messages of a stream, across lost connections: it is opened again and asked for what came after the last message
 * seen. Ends with the caller's loop.
 * @throws what the server answers; SERVER_LOST after a minute without it; the signal's reason
 */
export async function* resumed(
  connection: Connection,
  at: ApiPath,
  sending: Sending,
  { clock, lastId }: Readonly<{ clock: Pick<Clock, 'sleep'>; lastId: string }>,
): AsyncGenerator<SseMessage> {
  let id = lastId
  let tries = 0
  for (;;) {
    try {
      const incoming = await messages(connection, at, withId(sending, id))
      if (tries > 0 && id === '') yield MISSED
      for await (const message of incoming) {
        tries = 0
        id = message.id
        yield message
      }
    } catch (error) {
      sending.signal?.throwIfAborted()
      if (error instanceof MillraceError && !mayComeBack(error)) throw error
    }
    sending.signal?.throwIfAborted()
    if (++tries > MOST_TRIES) throw serverError('SERVER_LOST', { url: connection.url })
    await clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), sending.signal)
  }
}

/** A server that stops may be about to start again. */
const mayComeBack = ({ transient, code }: MillraceError): boolean => transient || code === 'SERVER_STOPPING'

const withId = (sending: Sending, id: string): Sending =>
  id === '' ? sending : { ...sending, headers: { ...sending.headers, 'last-event-id': id } }

/** Messages of one connection. */
export async function messages(
  connection: Connection,
  at: ApiPath,
  sending: Sending,
): Promise<AsyncIterable<SseMessage>> {
  const headers = { accept: 'text/event-stream', ...sending.headers }
  const response = await send(connection, at, { ...sending, headers })
  if (!response.body) throw serverError('SERVER_LOST', { url: connection.url })
  return readSse(response.body)
}

/**
 * Reads `event`s to the `outcome`; null where the messages end before it.
 * @throws the error that came instead of the outcome
 */
export async function outcomeOf<T, E>(
  incoming: AsyncIterable<SseMessage>,
  emit: (event: E) => void,
): Promise<{ outcome: T } | null> {
  for await (const { event, data } of incoming) {
    // What the server sends is checked against the same types there.
    if (event === 'event') emit(JSON.parse(data) as E)
    else if (event === 'outcome') return { outcome: JSON.parse(data) as T }
    else if (event === 'error') throw errorOf(JSON.parse(data)) ?? new TypeError(data)
  }
  return null
}
