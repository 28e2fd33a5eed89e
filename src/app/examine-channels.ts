import { MillraceError, messageOf } from '../base/errors.js'
import { type AlertRoute, alertChannelId } from '../domain/alert-route.js'
import { clockTime } from './api/readers-see.js'
import { type ChannelTrouble, channelTroubles } from './channel-troubles.js'
import type { Finding } from './finding.js'
import { openNotifier } from './open-notifier.js'
import type { Session } from './session.js'

const PROBE_MS = 10_000

/** Whether messages about alerts arrive: mail servers are asked to let Millrace in, all are asked what came before. */
export async function examineChannels(session: Session): Promise<Finding[]> {
  const { routes } = session.loaded.project.alerts
  const troubles = new Map((await channelTroubles(session)).map((trouble) => [trouble.channel, trouble]))
  const channels = new Map(routes.map((route) => [alertChannelId(route), route]))
  return Promise.all(
    [...channels].map(([channel, route]) => examineChannel(channel, route, troubles.get(channel), session)),
  )
}

async function examineChannel(
  channel: string,
  route: AlertRoute,
  trouble: ChannelTrouble | undefined,
  session: Session,
): Promise<Finding> {
  const topic = `alerts to ${channel.replace(/#.*/, '').replace(':', ' ')}`
  const refusal = await probed(route, session)
  if (refusal) return { topic, status: 'problem', ...refusal }
  if (trouble) return { topic, status: 'problem', ...told(trouble, session) }
  return { topic, status: 'ok', detail: DETAILS[route.kind], hint: '' }
}

const DETAILS: Readonly<Record<AlertRoute['kind'], string>> = {
  mail: 'the mail server lets Millrace in',
  webhook: 'no message failed; nothing was sent to try it',
}

async function probed(
  route: AlertRoute,
  { loaded, services }: Session,
): Promise<Pick<Finding, 'detail' | 'hint'> | null> {
  const notifier = await openNotifier(route, loaded.project.alerts, services.clock)
  const signal = AbortSignal.timeout(PROBE_MS)
  try {
    await notifier.probe(signal)
    return null
  } catch (error) {
    if (signal.aborted) return { detail: `no answer within ${PROBE_MS / 1000} s`, hint: '' }
    return { detail: messageOf(error), hint: error instanceof MillraceError ? (error.hint ?? '') : '' }
  } finally {
    await notifier.close()
  }
}

function told(
  { since, waiting, givenUp, error }: ChannelTrouble,
  { loaded, services }: Session,
): Pick<Finding, 'detail' | 'hint'> {
  const moment = clockTime(since, { now: services.clock.now(), timezone: loaded.project.timezone })
  return {
    detail: `since ${moment} ${waiting} waiting, ${givenUp} given up: ${error}`,
    hint:
      waiting > 0 ? 'What waits is tried again for a day.' : 'What was given up is in: millrace alerts --all',
  }
}
