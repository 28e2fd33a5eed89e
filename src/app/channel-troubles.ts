import type { SentMessage } from '../adapters/state/alert-store.js'
import { alertChannelId } from '../domain/alert-route.js'
import type { Session } from './session.js'

/** A channel whose latest attempt failed. `since`: when the oldest message it has not got was due. */
export type ChannelTrouble = Readonly<{
  channel: string
  since: number
  waiting: number
  givenUp: number
  error: string
}>

const MESSAGES_READ = 200

/** Channels of the project that do not take messages about alerts. */
export async function channelTroubles({ loaded, services }: Session): Promise<ChannelTrouble[]> {
  const channels = [...new Set(loaded.project.alerts.routes.map(alertChannelId))]
  if (channels.length === 0) return []
  const messages = await (await services.store()).alerts.messages({ alert: null, limit: MESSAGES_READ })
  return channels.flatMap((channel) => troubleOf(channel, messages))
}

/** Messages are newest first. */
function troubleOf(channel: string, messages: readonly SentMessage[]): ChannelTrouble[] {
  const tried = messages.filter(
    (one) => one.channel === channel && (one.status === 'sent' || one.error !== null),
  )
  const lastSent = tried.findIndex(({ status }) => status === 'sent')
  const failed = lastSent === -1 ? tried : tried.slice(0, lastSent)
  const [latest] = failed
  if (!latest) return []
  const count = (status: SentMessage['status']) => failed.filter((one) => one.status === status).length
  return [
    {
      channel,
      since: Math.min(...failed.map(({ at }) => at)),
      waiting: count('waiting'),
      givenUp: count('given_up'),
      error: latest.error ?? '',
    },
  ]
}
