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
  NAME_INVALID: {
    message: (p: { what: string; name: string }) => `"${p.name}" cannot be the name of a ${p.what}.`,
    hint: () => 'Use small letters, digits and underscores, beginning with a letter.',
  },
  VAR_RESERVED: {
    message: (p: { name: string }) => `The variable "${p.name}" is taken: $${p.name} is the interval’s own.`,
    hint: () => 'Choose another name.',
  },
})
