import type { Notifier } from '../adapters/notifiers/notifier.js'
import type { AlertStore, MessageOutcome, Outgoing } from '../adapters/state/alert-store.js'
import { isTransient, messageOf } from '../base/errors.js'
import { type AlertSettings, alertChannelId } from '../domain/alert-route.js'
import { nextAttempt } from '../watch/retry-message.js'
import { openNotifier } from './open-notifier.js'
import type { Session } from './session.js'
import { parseMessage } from './watch/parse-message.js'

/** Messages of one round; the rest goes with the next. */
const ROUND = 50
/** Longer than any channel takes. A process that died in the middle leaves its messages to others after this. */
const LEASE_MS = 3 * 60_000
/** Longer than any channel takes to say that it does not take a message. */
const ROUND_MS = 90_000

export type Sent = Readonly<{ sent: number; waiting: number; givenUp: number }>

/**
 * Sends the messages that are due, one after the other to each channel, all channels side by side. A channel that
 * does not take one, or has not answered after `roundMs`, keeps the rest for later as well; one that refuses, or has
 * been down for a day, does not get them, which `alerts`, `doctor` and the log say.
 * @throws the signal's reason when it is cut off; what was being sent is then sent again, under the same id
 */
export async function sendDue(
  session: Session,
  signal: AbortSignal,
  roundMs: number = ROUND_MS,
): Promise<Sent> {
  const { services, loaded } = session
  const store = await services.store()
  const due = await store.alerts.claimMessages({ now: services.clock.now(), limit: ROUND, leaseMs: LEASE_MS })
  if (due.length === 0) return { sent: 0, waiting: 0, givenUp: 0 }
  const channels = openChannels(loaded.project.alerts, services.clock)
  const round = { signal, over: AbortSignal.timeout(roundMs) }
  try {
    const outcomes = await Promise.all(
      [...new Set(due.map(({ channel }) => channel))].map(async (channel) => {
        const messages = due.filter((message) => message.channel === channel)
        return sendInTurn(messages, channels, session, round)
      }),
    )
    const count = (kind: MessageOutcome['kind']) =>
      outcomes.flat().filter((outcome) => outcome === kind).length
    return { sent: count('sent'), waiting: count('again'), givenUp: count('given_up') }
  } finally {
    await channels.close()
  }
}

/** `over`: what was not sent by then waits. */
type Round = Readonly<{ signal: AbortSignal; over: AbortSignal }>

async function sendInTurn(
  messages: readonly Outgoing[],
  channels: Channels,
  session: Session,
  round: Round,
): Promise<MessageOutcome['kind'][]> {
  const { alerts } = await session.services.store()
  const kinds: MessageOutcome['kind'][] = []
  let down: string | null = null
  for (const message of messages) {
    const outcome: MessageOutcome =
      down === null ? await sendOne(message, channels, session, round) : later(message, session, down)
    // At once: a message that went out and is not noted is sent again.
    await alerts.settleMessages([outcome])
    if (outcome.kind === 'given_up') await noteGivenUp(alerts, message, outcome)
    if (outcome.kind === 'again') down = outcome.error
    kinds.push(outcome.kind)
  }
  return kinds
}

/** Tried again in a while, or given up after a day. */
function later(message: Outgoing, { services: { clock } }: Session, error: string): MessageOutcome {
  const { id, channel } = message
  const nextAt = nextAttempt(message, clock.now())
  const about = { id, channel, at: clock.now(), error }
  return nextAt === null ? { ...about, kind: 'given_up' } : { ...about, kind: 'again', nextAt }
}

async function sendOne(
  message: Outgoing,
  channels: Channels,
  session: Session,
  { signal, over }: Round,
): Promise<MessageOutcome> {
  const { id, channel } = message
  const { clock, log } = session.services
  const about = { message: id, channel }
  const givenUp = (error: string): MessageOutcome => {
    log.error({ ...about, detail: error }, 'a message about an alert is given up')
    return { id, channel, at: clock.now(), kind: 'given_up', error }
  }
  try {
    const notifier = await channels.find(channel)
    if (!notifier) return givenUp('millrace.yaml does not name this channel any more')
    await notifier.send(parseMessage(message.body), AbortSignal.any([signal, over]))
    log.info(about, 'told')
    return { id, channel, at: clock.now(), kind: 'sent' }
  } catch (error) {
    signal.throwIfAborted()
    const outcome = over.aborted
      ? later(message, session, `${channel} did not answer in time`)
      : isTransient(error)
        ? later(message, session, messageOf(error))
        : givenUp(messageOf(error))
    if (outcome.kind === 'again')
      log.warn(
        { ...about, err: error, nextAt: outcome.nextAt },
        'a message about an alert did not go through',
      )
    return outcome
  }
}

/** Longer than any message is tried. */
const LOOK_BACK_MS = 48 * 60 * 60_000

/** Whoever looks at the alert sees that somebody does not know of it. */
async function noteGivenUp(
  alerts: AlertStore,
  { alert: id, channel }: Outgoing,
  { at, error }: { at: number; error: string },
): Promise<void> {
  await alerts.change(
    ({ kept }) => {
      const found = kept.find(({ alert }) => alert.id === id)
      if (!found) return { kept: [], messages: [], look: null }
      const { alert } = found
      const event = { at, state: alert.state, by: 'millrace', note: `not told to ${channel}: ${error}` }
      const noted = { ...found, alert: { ...alert, events: [...alert.events, event] } }
      return { kept: [noted], messages: [], look: null }
    },
    { resolvedSince: at - LOOK_BACK_MS },
  )
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
