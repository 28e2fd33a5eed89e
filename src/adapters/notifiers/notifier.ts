import type { Alert, AlertState } from '../../domain/alert.js'

/**
 * Carries one message to one channel: a webhook, a mailbox. Sending the same `id` twice must be harmless where the
 * channel can tell (a webhook gets it as `Idempotency-Key`, mail as `Message-ID`), since a crash between sending and
 * noting it is possible with every channel.
 */
export interface Notifier {
  /** @throws NOTIFIER_UNREACHABLE (transient), NOTIFIER_REFUSED */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>
  /** Tries what can be tried without sending anything. @throws as `send` */
  probe(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export type AlertMessage = Readonly<{
  /** Stable over restarts: alert and change of state. */
  id: string
  project: string
  environment: string
  /** The change of state that is told. */
  state: AlertState
  at: number
  alert: Alert
  /** Alerts this one caused, to be listed under it. */
  caused: readonly Alert[]
  /** Address of the console's page, if a server is up. */
  link: string | null
}>
