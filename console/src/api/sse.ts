/** One event of a stream. `id` is the last one sent, as the standard says; empty before the first. */
export type SseMessage = Readonly<{ id: string; event: string; data: string }>

/**
 * Reads `text/event-stream` piece by piece; pieces may end anywhere, inside a line end too. Comments keep a
 * connection open and are no events. `EventSource` itself cannot send an Authorization header.
 */
export function sseParser(onMessage: (message: SseMessage) => void): (piece: string) => void {
  let rest = ''
  let id = ''
  let event = ''
  let data: string[] = []

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0) onMessage({ id, event: event || 'message', data: data.join('\n') })
      event = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    const field = colon === -1 ? text : text.slice(0, colon)
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) id = value
  }

  return (piece) => {
    rest += piece
    // A carriage return at the very end may be half of a line end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest
    const lines = whole.split(/\r\n|\n|\r/)
    rest = lines.pop()! + (whole === rest ? '' : '\r')
    for (const text of lines) line(text)
  }
}
