import type { Notifier } from '../adapters/notifiers/notifier.js'
import type { Clock } from '../base/clock.js'
import type { AlertRoute, AlertSettings } from '../domain/alert-route.js'

/** Adapters are loaded when the first of their kind is opened. */
export async function openNotifier(
  route: AlertRoute,
  { smtp, from }: AlertSettings,
  clock: Clock,
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
