import type { Notifier } from '../adapters/notifiers/notifier.js'
import type { MessageOutcome, Outgoing } from '../adapters/state/alert-store.js'
import { isTransient, messageOf } from '../base/errors.js'
import { createLimit } from '../base/limit.js'
import { type AlertSettings, alertChannelId } from '../domain/alert-route.js'
import { nextAttempt } from '../watch/retry-message.js'
import type { Session } from './session.js'
import { parseMessage } from './watch/parse-message.js'

/** Messages of one round; the rest goes with the next. */
const ROUND = 50
/** Longer than any channel takes. A process that died in the middle leaves its messages to others after this. */
const LEASE_MS = 2 * 60_000
/** Channels that are talked to at once. */
const SIDE_BY_SIDE = 5

export type Sent = Readonly<{ sent: number; waiting: number; givenUp: number }>

/**
 * Sends the messages that are due, each to its channel. A channel that is down keeps its messages for later; one
 * that refuses, or has been down for a day, does not get them, which `alerts` and the log say.
 * @throws the signal's reason when it is cut off; what was being sent is then sent again, under the same id
 */
export async function sendDue(session: Session, signal: AbortSignal): Promise<Sent> {
  const { services, loaded } = session
  const store = await services.store()
  const due = await store.alerts.claimMessages({ now: services.clock.now(), limit: ROUND, leaseMs: LEASE_MS })
  if (due.length === 0) return { sent: 0, waiting: 0, givenUp: 0 }
  const channels = openChannels(loaded.project.alerts, services.clock)
  const limit = createLimit(SIDE_BY_SIDE)
  try {
    const outcomes = await Promise.all(
      due.map((message) =>
        limit(async () => {
          const outcome = await sendOne(message, channels, session, signal)
          // At once: a message that went out and is not noted is sent again.
          await store.alerts.settleMessages([outcome])
          return outcome.kind
        }),
      ),
    )
    const count = (kind: MessageOutcome['kind']) => outcomes.filter((outcome) => outcome === kind).length
    return { sent: count('sent'), waiting: count('again'), givenUp: count('given_up') }
  } finally {
    await channels.close()
  }
}

async function sendOne(
  message: Outgoing,
  channels: Channels,
  { services }: Session,
  signal: AbortSignal,
): Promise<MessageOutcome> {
  const { id, channel } = message
  const { clock, log } = services
  const about = { message: id, channel }
  const givenUp = (error: string): MessageOutcome => {
    log.error({ ...about, detail: error }, 'a message about an alert is given up')
    return { id, channel, at: clock.now(), kind: 'given_up', error }
  }
  try {
    const notifier = await channels.find(channel)
    if (!notifier) return givenUp('millrace.yaml does not name this channel any more')
    await notifier.send(parseMessage(message.body), signal)
    log.info(about, 'told')
    return { id, channel, at: clock.now(), kind: 'sent' }
  } catch (error) {
    signal.throwIfAborted()
    const nextAt = isTransient(error) ? nextAttempt(message, clock.now()) : null
    if (nextAt === null) return givenUp(messageOf(error))
    log.warn({ ...about, err: error, nextAt }, 'a message about an alert did not go through')
    return { id, channel, at: clock.now(), kind: 'again', error: messageOf(error), nextAt }
  }
}

type Channels = Readonly<{ find(channel: string): Promise<Notifier | null>; close(): Promise<void> }>

/** Opened at the first message; adapters are loaded then. */
function openChannels(settings: AlertSettings, clock: Session['services']['clock']): Channels {
  const opened = new Map<string, Promise<Notifier>>()
  return {
    find: async (channel) => {
      const route = settings.routes.find((candidate) => alertChannelId(candidate) === channel)
      if (!route) return null
      const notifier = opened.get(channel) ?? openNotifier(route, settings, clock)
      opened.set(channel, notifier)
      return notifier
    },
    close: async () => {
      for (const notifier of await Promise.allSettled(opened.values()))
        if (notifier.status === 'fulfilled') await notifier.value.close()
    },
  }
}

async function openNotifier(
  route: AlertSettings['routes'][number],
  { smtp, from }: AlertSettings,
  clock: Session['services']['clock'],
): Promise<Notifier> {
  switch (route.kind) {
    case 'webhook': {
      const { openWebhook } = await import('../adapters/notifiers/webhook/notifier.js')
      return openWebhook({ url: route.url, secret: route.secret, clock })
    }
    case 'mail': {
      const { openMail } = await import('../adapters/notifiers/mail/notifier.js')
      if (smtp === null) throw new TypeError('a mail route without a mail server is refused when it is read')
      return openMail({ smtp, from, to: route.to })
    }
  }
}
