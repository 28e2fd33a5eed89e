import type { CommanderError } from 'commander'
import { defineErrors, type MillraceError } from '../base/errors.js'

const commandError = defineErrors({
  USAGE_INVALID: {
    message: (p: { detail: string; near: string | null }) => p.detail,
    hint: (p: { detail: string; near: string | null }) =>
      p.near === null ? 'See what there is with: millrace --help' : `Did you mean ${p.near}?`,
  },
})

/** What is wrong with the words of a command. Commander says it as `error: …`, with the nearest word in brackets. */
export function usageError({ code, message }: CommanderError): MillraceError {
  // Without any word commander only means to show its help.
  if (code === 'commander.help')
    return commandError('USAGE_INVALID', { detail: 'A command is missing.', near: null })
  const [, text = message, near = null] =
    /^error: ([\s\S]*?)(?:\n\(Did you mean (?:one of )?([\s\S]*)\?\))?$/.exec(message) ?? []
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  return commandError('USAGE_INVALID', { detail: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`, near })
}
