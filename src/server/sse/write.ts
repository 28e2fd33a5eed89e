/** One event of a stream; `data` is sent as JSON. */
export type SseEvent = Readonly<{ id?: string; event?: string; data: unknown }>

export type SseOptions = Readonly<{
  heartbeatMs: number
  /** Called once, however the stream ends: when the reader has gone, too. */
  onEnd: () => void
}>

/** Signs of life that a reader may leave unread before it counts as gone. */
const MOST_UNREAD_BEATS = 4

/**
 * A response that tells events as they come, and a comment where there are none for a while. Events are asked for
 * only as fast as they are read.
 */
export function sseResponse(events: AsyncIterable<SseEvent>, options: SseOptions): Response {
  return new Response(sseStream(events, options), {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-Accel-Buffering': 'no',
    },
  })
}

function sseStream(events: AsyncIterable<SseEvent>, { heartbeatMs, onEnd }: SseOptions) {
  const iterator = events[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let beat: NodeJS.Timeout | undefined
  let unread = 0
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    clearInterval(beat)
    // One that waits for its reader is closed here; one that waits for an event, by what `onEnd` aborts.
    iterator.return?.().catch(() => undefined)
    onEnd()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': millrace\n\n'))
      beat = setInterval(() => {
        unread = (controller.desiredSize ?? 0) > 0 ? 0 : unread + 1
        if (unread === 0) controller.enqueue(encoder.encode(':\n\n'))
        if (unread < MOST_UNREAD_BEATS) return
        end()
        controller.error(new Error('the reader does not read'))
      }, heartbeatMs)
    },
    async pull(controller) {
      try {
        const { done, value } = await iterator.next()
        if (ended) return
        if (!done) return controller.enqueue(encoder.encode(sseText(value)))
        end()
        controller.close()
      } catch (error) {
        if (ended) return
        end()
        controller.error(error)
      }
    },
    cancel: end,
  })
}

/** JSON has no line ends of its own, so one `data:` line is enough. */
export function sseText({ id, event, data }: SseEvent): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    `data: ${JSON.stringify(data) ?? 'null'}`,
  ]
  return `${lines.join('\n')}\n\n`
}
