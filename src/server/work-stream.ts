import { appError } from '../app/errors.js'
import { createChannel } from '../base/channel.js'
import { MillraceError } from '../base/errors.js'
import { type LinkedSignal, linkSignals } from '../base/link-signals.js'
import type { RawRequest, ServerParts } from './endpoint.js'
import { problemOf } from './problem.js'
import { type SseEvent, sseResponse } from './sse/write.js'

/** A message of a stream with its number or name, by which a reader can come back to it. */
export type Numbered = Readonly<{ id: string | number; event: string; data: unknown }>

/**
 * Opens an event stream: counted, with signs of life, ended when the reader goes or the server stops.
 * @throws SERVER_STOPPING, SERVER_FULL, what `events` throws
 */
export function streamOf(
  raw: RawRequest,
  { streams, limits, stopping }: ServerParts,
  events: (signal: AbortSignal) => AsyncIterable<Numbered>,
): Response {
  if (stopping.aborted) throw appError('SERVER_STOPPING', {})
  const giveBack = streams.take()
  const linked = linkSignals(raw.signal, stopping)
  const onEnd = ended(linked, giveBack)
  try {
    return sseResponse(named(events(linked.signal)), { heartbeatMs: limits.heartbeatMs, onEnd })
  } catch (error) {
    // A ticket that is not known, for one: its place would be taken for good.
    onEnd()
    throw error
  }
}

const ended = (linked: LinkedSignal, giveBack: () => void) => () => {
  linked.abort()
  linked.unlink()
  giveBack()
}

async function* named(events: AsyncIterable<Numbered>): AsyncGenerator<SseEvent> {
  for await (const { id, event, data } of events) yield { id: String(id), event, data }
}

/** Work that fails within this time is answered with its own status rather than inside a stream. */
const SETTLE_MS = 1_000

/**
 * Answers work that may take long: as one JSON document, or, to who accepts an event stream, as `event`s and at last
 * `outcome` or `error`, so that no proxy takes the silence for an end. The work is cut off when the client goes away.
 */
export async function workAnswer<T, E>(
  raw: RawRequest,
  parts: ServerParts,
  work: (emit: (event: E) => void, signal: AbortSignal) => Promise<T>,
): Promise<Response> {
  const asksForStream = raw.header('accept')?.includes('text/event-stream') ?? false
  const giveBack = asksForStream ? parts.streams.take() : () => undefined
  const linked = linkSignals(raw.signal, parts.refusing)
  const { signal } = linked
  if (!asksForStream) return Response.json(await work(() => undefined, signal).finally(linked.unlink))
  const onEnd = ended(linked, giveBack)
  // Nothing holds the work back: records of reports are small and few.
  const channel = createChannel<SseEvent>(Number.POSITIVE_INFINITY)
  let id = 0
  const tell = (event: string, data: unknown) => void channel.send({ id: String(++id), event, data })
  const settled = new Promise<{ error: unknown } | null>((resolve) => {
    setTimeout(() => resolve(null), SETTLE_MS).unref()
    const emit = (event: E) => {
      tell('event', event)
      resolve(null)
    }
    work(emit, signal)
      .then(
        (outcome) => tell('outcome', outcome),
        (error: unknown) => {
          resolve({ error })
          if (!(error instanceof MillraceError)) parts.log.error({ err: error }, 'work broke')
          tell('error', problemOf(error))
        },
      )
      .finally(() => {
        resolve(null)
        channel.end()
      })
  })
  const early = await settled
  if (early) {
    onEnd()
    throw early.error
  }
  return sseResponse(channel.items, { heartbeatMs: parts.limits.heartbeatMs, onEnd })
}
