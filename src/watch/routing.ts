import type { AlertMessage } from '../adapters/notifiers/notifier.js'
import type { NewMessage } from '../adapters/state/alert-store.js'
import type { Alert } from '../domain/alert.js'
import { type AlertRoute, alertChannelId, isAtLeast, messageId } from '../domain/alert-route.js'
import { matchesAssets } from './silences.js'
import type { Telling } from './telling.js'

export type Sender = Readonly<{
  project: string
  environment: string
  routes: readonly AlertRoute[]
  /** Page of an alert in the console; null where no server is up. */
  linkTo: (alert: number) => string | null
}>

/** One message for each channel that wants to hear of the change, whichever of its routes says so. */
export function messagesOf(telling: Telling, sender: Sender, at: number): NewMessage[] {
  const { alert, state } = telling
  const channels = new Set(sender.routes.filter((route) => wants(route, alert)).map(alertChannelId))
  const id = messageId(sender, alert, state)
  const body: AlertMessage = {
    id,
    project: sender.project,
    environment: sender.environment,
    state,
    at,
    alert,
    caused: telling.caused,
    link: sender.linkTo(alert.id),
  }
  return [...channels].map((channel) => ({ id, alert: alert.id, state, channel, at, body }))
}

const wants = (route: AlertRoute, { severity, asset }: Alert): boolean =>
  isAtLeast(severity, route.severity) && matchesAssets(route.assets, asset)
