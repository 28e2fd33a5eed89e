import { createHmac } from 'node:crypto'
import type { Clock } from '../../../base/clock.js'
import { messageOf } from '../../../base/errors.js'
import { notifierError } from '../errors.js'
import type { AlertMessage, Notifier } from '../notifier.js'
import { headline, paragraphs } from '../wording.js'

export type WebhookOptions = Readonly<{
  url: string
  /** Signs each message: see `signature`. */
  secret: string | null
  clock: Clock
  timeoutMs?: number
}>

const TIMEOUT_MS = 10_000
/** Answers that may be others in a while. */
const TRANSIENT = new Set([408, 425, 429])

/**
 * Posts each message as JSON. Redirects are not followed: a message goes where the project says and nowhere else.
 * Any answer of 200 to 299 means that it arrived.
 */
export function openWebhook(options: WebhookOptions): Notifier {
  const { url, secret, clock, timeoutMs = TIMEOUT_MS } = options
  const channel = new URL(url).host
  return {
    send: async (message, signal) => {
      const body = JSON.stringify(payload(message))
      const timeout = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, {
        method: 'POST',
        headers: headers(message, body, secret, clock.now()),
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      }).catch((error: unknown) => {
        signal.throwIfAborted()
        const detail = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error)
        throw notifierError('NOTIFIER_UNREACHABLE', { channel, detail }, { cause: error })
      })
      // Nothing of the answer is of interest but its number.
      await response.body?.cancel().catch(() => {})
      judge(response, channel)
    },
    // The other end would take whatever is posted for a message.
    probe: async () => {},
    close: async () => {},
  }
}

/** What receivers read. `text` is for those who only show a line, such as chat rooms. */
export function payload(message: AlertMessage): object {
  return { text: [headline(message), ...paragraphs(message)].join('\n'), ...message }
}

function headers(
  message: AlertMessage,
  body: string,
  secret: string | null,
  now: number,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'millrace',
    'idempotency-key': message.id,
    ...(secret !== null && { 'millrace-signature': signature(body, secret, Math.floor(now / 1000)) }),
  }
}

/** `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex>`: the time lets receivers refuse old copies. */
export function signature(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

function judge({ status, ok }: Response, channel: string): void {
  if (ok) return
  if (status >= 500 || TRANSIENT.has(status))
    throw notifierError('NOTIFIER_UNREACHABLE', { channel, detail: `it answers ${status}` })
  const detail = status >= 300 && status < 400 ? `it answers ${status}, a redirect` : `it answers ${status}`
  throw notifierError('NOTIFIER_REFUSED', { channel, detail })
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error && error.cause.message !== ''
    ? error.cause.message
    : messageOf(error)
