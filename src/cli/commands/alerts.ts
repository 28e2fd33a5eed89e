import type { AlertMethods } from '../../app/api/api.js'
import { appError } from '../../app/errors.js'
import { systemClock } from '../../base/clock.js'
import { ALERT_KINDS, ALERT_STATES, type AlertKind } from '../../domain/alert.js'
import { parseDuration } from '../../project/shapes/duration.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { alertLines, detailLines, silenceLine, silenceLines } from '../output/alerts.js'
import { personName, wholeNumber } from '../typed-values.js'

export type ListOptions = Readonly<{ all?: boolean; asset?: string; limit?: string }>

/** Prints JSON or lines, whatever the method gives. */
async function answer<T>(
  context: CommandContext,
  ask: (methods: AlertMethods, now: number) => Promise<T>,
  lines: (value: T, now: number) => readonly string[],
): Promise<number> {
  return withApi(context, async (api) => {
    const now = systemClock.now()
    const value = await ask(api, now)
    const { terminal, options } = context
    terminal.out(options.json ? JSON.stringify(value) : lines(value, now).join('\n'))
    return EXIT.done
  })
}

export const list = (context: CommandContext, options: ListOptions): Promise<number> =>
  answer(
    context,
    async (methods) => ({
      alerts: await methods.alerts({
        states: options.all ? ALERT_STATES : null,
        asset: options.asset?.toLowerCase() ?? null,
        limit: wholeNumber(options.limit ?? '200'),
      }),
    }),
    ({ alerts }, now) => alertLines(alerts, now, context.terminal),
  )

export const show = (context: CommandContext, alert: string): Promise<number> =>
  answer(
    context,
    (methods) => methods.alert(wholeNumber(alert)),
    (found, now) => detailLines(found, now, context.terminal),
  )

export const ack = (
  context: CommandContext,
  alert: string,
  options: Readonly<{ note?: string; by?: string }>,
): Promise<number> =>
  answer(
    context,
    (methods) => methods.acknowledge(wholeNumber(alert), options.by ?? personName(), options.note ?? ''),
    ({ id, title, acknowledgedBy }) => [`${acknowledgedBy} looks after alert ${id}: ${title}.`],
  )

export type SilenceOptions = Readonly<{ for?: string; kind?: string; reason?: string; by?: string }>

export const silence = (
  context: CommandContext,
  assets: string,
  options: SilenceOptions,
): Promise<number> => {
  const lasts = parseDuration(options.for ?? '')
  if (lasts === null || lasts <= 0)
    throw appError('SILENCE_INVALID', { detail: `"${options.for ?? ''}" is not how long: 2h, 30 min, 1 day` })
  const kind = kindNamed(options.kind)
  const request = { assets, kind, by: options.by ?? personName(), reason: options.reason ?? '' }
  return answer(
    context,
    (methods, now) => methods.silence({ ...request, until: now + lasts }),
    (made, now) => [
      `Nothing is sent about ${silenceLine(made, now)}.`,
      `End it: millrace alerts unsilence ${made.id}`,
    ],
  )
}

export const unsilence = (context: CommandContext, id: string): Promise<number> =>
  answer(
    context,
    async (methods) => {
      const silence = wholeNumber(id)
      await methods.unsilence(silence)
      return { silence }
    },
    ({ silence: ended }) => [`Silence ${ended} is over. What it kept back is sent at the next look.`],
  )

export const silences = (context: CommandContext): Promise<number> =>
  answer(
    context,
    async (methods) => ({ silences: await methods.silences() }),
    (found, now) => silenceLines(found.silences, now),
  )

function kindNamed(text: string | undefined): AlertKind | null {
  if (text === undefined) return null
  const found = ALERT_KINDS.find((kind) => kind === text.replaceAll('-', '_'))
  if (found) return found
  throw appError('SILENCE_INVALID', { detail: `"${text}" is no kind of alert: ${ALERT_KINDS.join(', ')}` })
}
