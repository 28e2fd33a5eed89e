import type { KeptAlert } from '../adapters/state/alert-store.js'
import type { StateStore } from '../adapters/state/store.js'
import type { Alert } from '../domain/alert.js'
import { acknowledge } from '../watch/acknowledge.js'
import { withSilence } from '../watch/reconcile.js'
import { messagesOf } from '../watch/routing.js'
import { tell } from '../watch/telling.js'
import type { AlertMethods } from './api/api.js'
import type { ApiHost } from './api/host.js'
import type { SilenceRequest } from './api/shapes.js'
import { appError } from './errors.js'
import type { Session } from './session.js'
import { senderOf } from './watch-project.js'

/** The part of the API about alerts, on a project that may be reloaded between two calls. */
export function hostedAlerts({ live, use }: ApiHost): AlertMethods {
  const on = <T>(work: (methods: AlertMethods) => Promise<T>) => use((session) => work(alertMethods(session)))
  return {
    alerts: (filter) => on((methods) => methods.alerts(filter)),
    alert: (id) => on((methods) => methods.alert(id)),
    acknowledge: async (id, by, note) => {
      const alert = await on((methods) => methods.acknowledge(id, by, note))
      live?.publish({ kind: 'alert', alert })
      return alert
    },
    silences: () => on((methods) => methods.silences()),
    silence: (request) => on((methods) => methods.silence(request)),
    unsilence: (id) => on((methods) => methods.unsilence(id)),
  }
}

/** The part of the API about alerts. */
export function alertMethods(session: Session): AlertMethods {
  const { clock } = session.services
  const store = () => session.services.store()
  return {
    alerts: async (filter) => (await store()).alerts.alerts(filter),
    alert: async (id) => {
      const { alerts } = await store()
      const [alert, caused] = await Promise.all([alerts.alert(id), alerts.caused(id)])
      if (!alert) throw appError('ALERT_UNKNOWN', { alert: id })
      return { alert, caused }
    },
    acknowledge: async (id, by, note) => acknowledgeAlert(session, await store(), id, { by, note }),
    silences: async () => (await store()).alerts.silences(clock.now()),
    silence: async (request) => addSilence(await store(), request, clock.now()),
    unsilence: async (id) => {
      if (!(await (await store()).alerts.unsilence(id, clock.now())))
        throw appError('SILENCE_UNKNOWN', { silence: id })
    },
  }
}

async function acknowledgeAlert(
  session: Session,
  { alerts }: StateStore,
  id: number,
  { by, note }: { by: string; note: string },
): Promise<Alert> {
  const now = session.services.clock.now()
  const sender = senderOf(session)
  const change = await alerts.change(
    ({ kept, silences }) => {
      const found = kept.find(({ alert }) => alert.id === id && alert.state !== 'resolved')
      if (!found) return { kept: [], messages: [], look: null }
      const mine = withSilence(acknowledge(found, { by, note, now }), { silences }, now)
      const told = tell(withChanged(kept, mine), now)
      return {
        kept: told.kept.filter(({ alert }) => alert.id === id),
        messages: told.tellings
          .filter(({ alert }) => alert.id === id)
          .flatMap((telling) => messagesOf(telling, sender, now)),
        look: null,
      }
    },
    { resolvedSince: now },
  )
  const [changed] = change.kept
  if (changed) return changed.alert
  if ((await alerts.alert(id)) === null) throw appError('ALERT_UNKNOWN', { alert: id })
  throw appError('ALERT_RESOLVED', { alert: id })
}

const withChanged = (kept: readonly KeptAlert[], changed: KeptAlert): KeptAlert[] =>
  kept.map((each) => (each.alert.id === changed.alert.id ? changed : each))

/** The end of the last year of four digits: later instants have no date that everything here can write. */
export const LATEST_END = Date.UTC(10_000, 0) - 1

/** Names and patterns of assets: `marts.status`, `marts.*`, `*`. */
const GLOB = /^[\w.*]+$/

async function addSilence({ alerts }: StateStore, request: SilenceRequest, now: number) {
  const { assets, until, by, reason, kind } = request
  if (!GLOB.test(assets))
    throw appError('SILENCE_INVALID', { detail: `"${assets}" is no name and no pattern of assets` })
  if (!Number.isFinite(until) || until <= now)
    throw appError('SILENCE_INVALID', { detail: 'it would end before it begins' })
  if (until > LATEST_END) throw appError('SILENCE_INVALID', { detail: 'it would end after the year 9999' })
  return alerts.silence({ assets, kind, until, by, reason, createdAt: now })
}
