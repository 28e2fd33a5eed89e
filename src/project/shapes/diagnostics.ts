import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean } from '../diagnostics/nearest.js'

/** Fields of headers and of millrace.yaml that are unknown, missing or hold the wrong thing. */
export const fieldDiagnostic = defineDiagnostics({
  FIELD_UNKNOWN: {
    message: (p: { field: string; where: string; known: readonly string[]; cut: boolean }) =>
      `${capital(p.where)} has no field "${p.field}".`,
    hint: (p: { field: string; known: readonly string[]; cut: boolean }) =>
      p.cut
        ? 'Inside { } a comma begins the next field. Quote the value before it.'
        : didYouMean(p.field, p.known, 'Remove it.'),
  },
  FIELD_MISPLACED: {
    message: (p: { field: string; where: string; hint: string }) =>
      `"${p.field}" has no place in ${p.where}.`,
    hint: (p: { hint: string }) => p.hint,
  },
  FIELD_MISSING: {
    message: (p: { field: string; where: string; example: string }) =>
      `${capital(p.where)} lacks the field "${p.field}".`,
    hint: (p: { field: string; example: string }) => `Add ${p.field}: ${p.example}`,
  },
  FIELD_EMPTY: {
    message: (p: { path: string; wanted: string; example: string }) => `"${p.path}" has no value.`,
    hint: (p: { wanted: string; example: string }) =>
      `Give it ${p.wanted}, for example ${p.example}, or remove the line.`,
  },
  FIELD_TYPE: {
    message: (p: { path: string; wanted: string; got: string; hint: string }) =>
      `"${p.path}" must be ${p.wanted}, not ${p.got}.`,
    hint: (p: { hint: string }) => p.hint,
  },
  FIELD_VALUE: {
    message: (p: { path: string; detail: string; hint: string }) => `"${p.path}" ${p.detail}.`,
    hint: (p: { hint: string }) => p.hint,
  },
  FIELD_CHOICE: {
    message: (p: { path: string; value: string; choices: readonly string[] }) =>
      `"${p.path}" cannot be "${p.value}".`,
    hint: (p: { value: string; choices: readonly string[] }) =>
      didYouMean(p.value, p.choices, 'Choose one of the known values.'),
  },
  FIELD_REPEATED: {
    message: (p: { path: string; value: string }) => `"${p.path}" names "${p.value}" twice.`,
    hint: () => 'Remove one of the two.',
  },
  TYPE_UNKNOWN: {
    message: (p: { path: string; type: string; nearest: string | null }) =>
      `"${p.path}": there is no type "${p.type}".`,
    hint: (p: { nearest: string | null }) =>
      p.nearest
        ? `Did you mean "${p.nearest}"?`
        : 'Use an engine’s type: integer, bigint, double, text, timestamptz, …',
  },
  DURATION_INVALID: {
    message: (p: { path: string; text: string }) => `"${p.path}": "${p.text}" is not a duration.`,
    hint: () => 'Write a number and a unit: 500 ms, 30s, 15 min, 2 hours, 1 day, 1 week.',
  },
  SCHEDULE_INVALID: {
    message: (p: { text: string; detail: string }) =>
      `The schedule "${p.text}" is no cron pattern: ${p.detail}.`,
    hint: () =>
      "Write five fields, minute hour day month weekday: '*/15 * * * *' or '0 6 * * mon-fri'. A sixth, in front, is the second.",
  },
  SCHEDULE_UNKNOWN: {
    message: (p: { text: string; known: readonly string[] }) => `"${p.text}" is no schedule.`,
    hint: (p: { text: string; known: readonly string[] }) =>
      didYouMean(
        p.text,
        p.known,
        "Write a cron pattern, '*/15 * * * *', upstream, never, or { cron: '0 6 * * *', catch_up: all }.",
      ),
  },
  SCHEDULE_TWO_WAYS: {
    message: () => 'The schedule has both cron and on: a built asset follows a pattern or what it reads.',
    hint: () => 'Remove one of the two.',
  },
  SCHEDULE_EMPTY: {
    message: () => 'The schedule says neither cron nor on.',
    hint: () => "Write { cron: '0 6 * * *', catch_up: latest } or { on: upstream }.",
  },
  SCHEDULE_CATCH_UP_STRAY: {
    message: () =>
      'There is nothing to catch up on: an asset that follows what it reads has no ticks of its own.',
    hint: () => 'Remove catch_up, or give the schedule a cron pattern.',
  },
})

/** At the beginning of a sentence; names of files and fields stay as they are. */
const capital = (where: string): string => where.replace(/^the /, 'The ')
