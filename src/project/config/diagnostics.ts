// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean } from '../diagnostics/nearest.js'

/** millrace.yaml: variables of the environment, connections, time zones. */
export const configDiagnostic = defineDiagnostics({
  CONFIG_MISSING: {
    message: () => 'This folder has no millrace.yaml.',
    hint: () => 'Go to the project’s folder, name it with --project, or begin one with "millrace init".',
  },
  VARIABLE_MISSING: {
    message: (p: { variable: string }) => `The environment variable ${p.variable} is not set.`,
    hint: (p: { variable: string }) => `Set it, or give it a default: \${${p.variable}:-value}.`,
  },
  VARIABLE_MISSPELLED: {
    message: (p: { text: string }) => `${p.text} is not the name of an environment variable.`,
    hint: () => 'Write ${NAME} or ${NAME:-default}; names have letters, digits and underscores.',
  },
  VARIABLE_OUT_OF_PLACE: {
    message: (p: { text: string }) =>
      `${p.text} is not replaced here: only millrace.yaml knows the environment.`,
    hint: () => 'Declare it under vars: in millrace.yaml, and use it as $name.',
  },
  TIMEZONE_UNKNOWN: {
    message: (p: { timezone: string; known: readonly string[] }) => `There is no time zone "${p.timezone}".`,
    hint: (p: { timezone: string; known: readonly string[] }) => {
      const hint = didYouMean(p.timezone, p.known, '')
      return hint.startsWith('Did') ? hint : 'Use an IANA name such as Europe/Dublin, or UTC.'
    },
  },
  STATE_UNKNOWN: {
    message: () => 'The state is kept either in Millrace’s own Postgres or in yours.',
    hint: () => 'Write state: embedded, or state: postgres://user:password@host/database.',
  },
  CONNECTION_URL: {
    message: (p: { connection: string }) =>
      `The url of connection "${p.connection}" is not a Postgres address.`,
    hint: () => 'Write postgres://user:password@host:5432/database.',
  },
  CONNECTION_TYPE: {
    message: (p: { type: string; known: readonly string[] }) =>
      `There are no connections of type "${p.type}".`,
    hint: (p: { type: string; known: readonly string[] }) =>
      didYouMean(p.type, p.known, 'Choose another type.'),
  },
  ALERT_ROUTE_EMPTY: {
    message: () => 'This entry of alerts.notify does not say where to.',
    hint: () => 'Give it webhook: https://… or mail: [name@example.com].',
  },
  ALERT_ROUTE_DOUBLE: {
    message: () => 'This entry of alerts.notify has both a webhook and a mail address.',
    hint: () => 'Write two entries, one for each.',
  },
  ALERT_WEBHOOK_URL: {
    message: () => 'The webhook is not a web address.',
    hint: () => 'Write http://… or https://…, without a user and a password in it.',
  },
  ALERT_MAIL_ADDRESS: {
    message: (p: { address: string }) => `"${p.address}" is not a mail address.`,
    hint: () => 'Write name@example.com.',
  },
  ALERT_SMTP_MISSING: {
    message: () => 'Alerts go to a mail address, but no mail server is named.',
    hint: () => 'Add smtp: smtp://user:password@host:587 under alerts:, or remove mail:.',
  },
  ALERT_SMTP_URL: {
    message: () => 'smtp is not the address of a mail server.',
    hint: () =>
      'Write smtp://user:password@host:587, or smtps:// where the connection is encrypted from the start.',
  },
  NAME_INVALID: {
    message: (p: { what: string; name: string }) => `"${p.name}" cannot be the name of a ${p.what}.`,
    hint: () => 'Use small letters, digits and underscores, beginning with a letter.',
  },
  VAR_RESERVED: {
    message: (p: { name: string }) => `The variable "${p.name}" is taken: $${p.name} is the interval’s own.`,
    hint: () => 'Choose another name.',
  },
})
