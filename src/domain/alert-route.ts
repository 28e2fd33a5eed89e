import { digest } from '../base/digest.js'
import type { Alert, AlertState } from './alert.js'
import { SEVERITIES, type Severity } from './check.js'

/** Whom alerts are sent to: `alerts:` of millrace.yaml. */
export type AlertSettings = Readonly<{
  routes: readonly AlertRoute[]
  /** `smtp://user:password@host:port`; null where no mail is sent. */
  smtp: string | null
  /** Sender of mails. */
  from: string
}>

export const NO_ALERT_SETTINGS: AlertSettings = { routes: [], smtp: null, from: 'millrace@localhost' }

/** One channel, and which alerts go there: those of `severity` or worse, about assets that match. */
export type AlertRoute = Readonly<{
  severity: Severity
  /** Glob over asset names. `*` is everything, also what is about no asset. */
  assets: string
}> &
  AlertChannel

export type AlertChannel =
  | Readonly<{ kind: 'webhook'; url: string; secret: string | null }>
  | Readonly<{ kind: 'mail'; to: readonly string[] }>

/**
 * Stable name of a channel, for the record of messages. Of a webhook's address only the host is readable: the rest
 * is often a secret. Two routes to one address are one channel.
 */
export function alertChannelId(channel: AlertChannel): string {
  switch (channel.kind) {
    case 'webhook':
      return `webhook:${new URL(channel.url).host}#${digest(channel.url).slice(0, 8)}`
    case 'mail':
      return `mail:${[...channel.to].sort().join(',')}`
  }
}

/** Stable over restarts, and the same on every channel: what receivers tell repeated messages by. */
export const messageId = (
  owner: { project: string; environment: string },
  alert: Pick<Alert, 'id'>,
  state: AlertState,
): string => `${owner.project}-${owner.environment}-${alert.id}-${state}`

export const worse = (one: Severity, other: Severity): Severity => (isAtLeast(one, other) ? one : other)

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
