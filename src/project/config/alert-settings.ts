// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import { type AlertRoute, type AlertSettings, NO_ALERT_SETTINGS } from '../../domain/alert-route.js'
import type { Report } from '../diagnostics/report.js'
import { fieldDiagnostic } from '../shapes/diagnostics.js'
import type { Located } from '../shapes/shape.js'
import type { AlertFields, RouteFields } from './alert-fields.js'
import { configDiagnostic } from './diagnostics.js'

/** Addresses may hold secrets: none appears in a message, but those of people do. */
export function alertSettingsOf(fields: AlertFields | undefined, report: Report): AlertSettings {
  if (fields === undefined) return NO_ALERT_SETTINGS
  const routes = (fields.notify ?? []).flatMap((route) => routeOf(route, report) ?? [])
  const mail = fields.notify?.find(({ value }) => value.mail !== undefined)
  if (mail && fields.smtp === undefined) report(configDiagnostic('ALERT_SMTP_MISSING', undefined, mail.at))
  if (fields.smtp && !isAddress(fields.smtp, ['smtp:', 'smtps:']))
    report(configDiagnostic('ALERT_SMTP_URL', undefined, fields.smtp.at))
  if (fields.from) checkMail(fields.from, report)
  return {
    routes,
    smtp: fields.smtp?.value ?? null,
    from: fields.from?.value ?? NO_ALERT_SETTINGS.from,
  }
}

function routeOf({ value, at }: RouteFields, report: Report): AlertRoute | null {
  const { webhook, secret, mail, severity = 'warning', assets = '*' } = value
  if (webhook && mail) {
    report(configDiagnostic('ALERT_ROUTE_DOUBLE', undefined, at))
    return null
  }
  if (webhook) {
    if (isAddress(webhook, ['http:', 'https:']))
      return { kind: 'webhook', url: webhook.value, secret: secret?.value ?? null, severity, assets }
    report(configDiagnostic('ALERT_WEBHOOK_URL', undefined, webhook.at))
    return null
  }
  if (mail === undefined) {
    report(configDiagnostic('ALERT_ROUTE_EMPTY', undefined, at))
    return null
  }
  if (secret) {
    const place = {
      field: 'secret',
      where: 'an entry without a webhook',
      hint: 'Remove it: mails are not signed.',
    }
    report(fieldDiagnostic('FIELD_MISPLACED', place, secret.at))
  }
  for (const address of mail) checkMail(address, report)
  return { kind: 'mail', to: mail.map((address) => address.value), severity, assets }
}

/** A placeholder that is not set was reported as such. */
function isAddress({ value }: Located<string>, protocols: readonly string[]): boolean {
  if (value.includes('${')) return true
  if (!URL.canParse(value)) return false
  const { protocol, username, hostname } = new URL(value)
  const isWeb = protocols.includes('http:')
  return protocols.includes(protocol) && hostname !== '' && !(isWeb && username !== '')
}

/** `name@example.com`, or `Data team <name@example.com>`. */
const MAIL = /^(?:[^<>\r\n]*<)?[^\s@<>,;]+@[^\s@<>,;]+>?$/

function checkMail({ value, at }: Located<string>, report: Report): void {
  if (!MAIL.test(value) && !value.includes('${'))
    report(configDiagnostic('ALERT_MAIL_ADDRESS', { address: value }, at))
}
