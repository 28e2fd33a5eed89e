/** One event as it came. `id` is the last one told, empty before the first. */
export type SseMessage = Readonly<{ id: string; event: string; data: string }>

/** An event longer than this is no event of ours. */
const MOST_CHARACTERS = 64 * 1024 * 1024

/** Events of a `text/event-stream` body. Pieces may end anywhere. Ends with the body. */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseMessage> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let id = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      // Line ends of ours are always `\n`; a proxy does not change them.
      rest += decoder.decode(value, { stream: true })
      if (rest.length > MOST_CHARACTERS) throw new RangeError('an event is too long')
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const message = messageOf(rest.slice(0, end), id)
        rest = rest.slice(end + 2)
        if (message === null) continue
        id = message.id
        yield message
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function messageOf(block: string, lastId: string): SseMessage | null {
  let id = lastId
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'id') id = value
    else if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { id, event, data: data.join('\n') }
}
