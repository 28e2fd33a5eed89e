import type { LiveEvent } from '../../../src/app/api/shapes.js'
import { now } from '../clock.js'
import { send } from './client.js'
import { currentConnection, setConnection } from './connection.js'
import { sseParser } from './sse.js'

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** The server sends at least a comment every 15 s; three missing mean that nobody is there. */
const SILENT_MS = 45_000

/**
 * Follows `/events` until the signal is aborted: reconnects with growing pauses and asks for what came after the
 * last event seen. `onEvent` gets each event once and in order; `onGap` is called when a connection begins without
 * a place to resume from, so that what is on the screen is read again.
 */
export async function followEvents(
  onEvent: (event: LiveEvent) => void,
  onGap: () => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId = ''
  let retryMs = FIRST_RETRY_MS
  let hadConnection = false
  while (!signal.aborted) {
    const began = () => {
      if (hadConnection && lastId === '') onGap()
      hadConnection = true
      retryMs = FIRST_RETRY_MS
      setConnection({ state: 'live' })
    }
    await readEvents(
      lastId,
      began,
      (event) => {
        lastId = event.id
        onEvent(event)
      },
      signal,
    ).catch(() => {})
    if (signal.aborted) return
    markLost(retryMs)
    await pause(retryMs * (0.75 + Math.random() / 2), signal)
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)
  }
}

function markLost(retryMs: number): void {
  const before = currentConnection()
  const since = before.state === 'lost' ? before.since : now()
  setConnection({ state: 'lost', since, retryAt: now() + retryMs })
}

async function readEvents(
  lastId: string,
  onOpen: () => void,
  onEvent: (event: LiveEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController()
  const either = AbortSignal.any([signal, silence.signal])
  const response = await send('/events', {
    headers: { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) },
    signal: either,
  })
  onOpen()
  const parse = sseParser(({ data }) => onEvent(JSON.parse(data) as LiveEvent))
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let timer = setTimeout(() => silence.abort(), SILENT_MS)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENT_MS)
      parse(value)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Waits, but not longer than until the browser says that the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    signal.addEventListener('abort', end)
  })
}
