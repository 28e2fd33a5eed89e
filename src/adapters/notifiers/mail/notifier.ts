import { createTransport } from 'nodemailer'
import { messageOf } from '../../../base/errors.js'
import { notifierError } from '../errors.js'
import type { AlertMessage, Notifier } from '../notifier.js'
import { headline, paragraphs } from '../wording.js'

export type MailOptions = Readonly<{
  /** `smtp://user:password@host:587`, `smtps://…`. */
  smtp: string
  from: string
  to: readonly string[]
  timeoutMs?: number
}>

/** Mail servers let strangers wait on purpose; a mail that was given up too early is taken, and sent again. */
const TIMEOUT_MS = 60_000

/**
 * Mails each message, as text and as simple HTML. All mails about one alert are one thread. A mail server that has
 * the same `Message-ID` twice may drop the second; nothing else tells a repeated mail.
 */
export function openMail(options: MailOptions): Notifier {
  const { timeoutMs = TIMEOUT_MS } = options
  const transport = createTransport({
    url: options.smtp,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Mails are made of texts only: nothing is read from files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const channel = `the mail server ${new URL(options.smtp).host}`
  const answered = async (asking: Promise<unknown>, signal: AbortSignal) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      await Promise.race([asking, rejectOnAbort(AbortSignal.any([signal, timeout]))])
    } catch (error) {
      asking.catch(() => {})
      signal.throwIfAborted()
      throw translated(timeout.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error, channel)
    }
  }
  return {
    send: async (message, signal) => {
      signal.throwIfAborted()
      await answered(transport.sendMail(mailOf(message, options)), signal)
    },
    probe: async (signal) => {
      signal.throwIfAborted()
      await answered(transport.verify(), signal)
    },
    close: async () => transport.close(),
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
}

/** The mail as it is handed to the server. */
export function mailOf(message: AlertMessage, { from, to }: Pick<MailOptions, 'from' | 'to'>) {
  const thread = messageIdOf(message, 'firing')
  const own = messageIdOf(message, message.state)
  return {
    from,
    to: [...to],
    subject: headline(message),
    messageId: own,
    ...(own !== thread && { inReplyTo: thread, references: thread }),
    // Nobody should answer a machine, and no answering machine should answer this one.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Millrace-Alert': String(message.alert.id) },
    text: textOf(message),
    html: htmlOf(message),
  }
}

/** Without its state a message's id names the alert: the first mail of a thread is the one that fired. */
function messageIdOf({ id, state }: AlertMessage, wanted: AlertMessage['state']): string {
  const alert = id.endsWith(`-${state}`) ? id.slice(0, -state.length - 1) : id
  return `<${alert}-${wanted}@millrace>`
}

const footer = ({ project, environment, alert, link }: AlertMessage): string[] => [
  `Alert ${alert.id} of ${project} (${environment}) · millrace alerts show ${alert.id}`,
  ...(link === null ? [] : [link]),
]

const textOf = (message: AlertMessage): string =>
  [...paragraphs(message), ['-- ', ...footer(message)].join('\n')].join('\n\n')

function htmlOf(message: AlertMessage): string {
  const body = paragraphs(message).map((text) => `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`)
  const end = footer(message).map((line) => (line === message.link ? linkTo(line) : escaped(line)))
  return `<!doctype html><html><body style="font-family:sans-serif;font-size:14px;line-height:1.45">${body.join('')}<p style="color:#666">${end.join('<br>')}</p></body></html>`
}

const linkTo = (url: string): string => `<a href="${escaped(url)}">${escaped(url)}</a>`

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * A server's answer of 500 to 599 is final; everything else may pass, a wrong password too: somebody will see it in
 * `doctor` and mend it, and what was to be told is told then.
 */
function translated(error: unknown, channel: string) {
  // nodemailer's errors carry the server's answer.
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  if (code === 'EAUTH')
    return notifierError('NOTIFIER_LOGIN', { channel, detail: messageOf(error) }, { cause: error })
  const isFinal = (responseCode ?? 0) >= 500 || code === 'EENVELOPE'
  const detail = messageOf(error)
  const isTryAgain = responseCode !== undefined && responseCode >= 400 && responseCode < 500
  return isFinal && !isTryAgain
    ? notifierError('NOTIFIER_REFUSED', { channel, detail }, { cause: error })
    : notifierError('NOTIFIER_UNREACHABLE', { channel, detail }, { cause: error })
}
