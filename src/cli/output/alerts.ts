import type { Alert, AlertState, Silence } from '../../domain/alert.js'
import { ago, duration, plural } from './numbers.js'
import { alignTable, type Terminal } from './terminal.js'

const MARKS: Readonly<Record<AlertState, string>> = {
  pending: '?',
  firing: '✗',
  acknowledged: '◐',
  resolved: '✓',
}

/** Roots, each with what it caused below it. */
export function alertLines(alerts: readonly Alert[], now: number, terminal: Terminal): string[] {
  if (alerts.length === 0) return ['No open alerts.']
  const shown = new Set(alerts.map(({ id }) => id))
  const roots = alerts.filter(({ cause }) => cause === null || !shown.has(cause))
  const rows = roots.flatMap((root) => [
    cells(root, '', now, terminal),
    ...alerts.filter(({ cause }) => cause === root.id).map((caused) => cells(caused, '  └ ', now, terminal)),
  ])
  const open = alerts.filter(({ state }) => state !== 'resolved').length
  return [
    ...alignTable(rows),
    '',
    `${plural(open, 'open alert')}, ${plural(roots.length, 'cause')}. Look at one: millrace alerts show ${roots[0]!.id}`,
  ]
}

function cells(alert: Alert, indent: string, now: number, { paint }: Terminal): string[] {
  const { id, state, severity, title, since } = alert
  const word = paintState(state, `${MARKS[state]} ${state}`, paint)
  return [String(id), word, severity, `${indent}${title}${asides(alert, now)}`, paint.dim(ago(since, now))]
}

function asides({ acknowledgedBy, state, silencedUntil }: Alert, now: number): string {
  const who = state === 'acknowledged' && acknowledgedBy ? `; ${acknowledgedBy} looks after it` : ''
  const silent =
    silencedUntil !== null && silencedUntil > now ? `; silenced for ${duration(silencedUntil - now)}` : ''
  return `${who}${silent}`
}

function paintState(state: AlertState, text: string, paint: Terminal['paint']): string {
  switch (state) {
    case 'firing':
      return paint.red(text)
    case 'acknowledged':
    case 'pending':
      return paint.yellow(text)
    case 'resolved':
      return paint.green(text)
  }
}

export function detailLines(
  { alert, caused }: Readonly<{ alert: Alert; caused: readonly Alert[] }>,
  now: number,
  terminal: Terminal,
): string[] {
  const { paint } = terminal
  return [
    `${paint.bold(alert.title)}${asides(alert, now)}`,
    alert.effect,
    alert.next,
    '',
    ...alignTable(
      alert.events.map(({ at, state, by, note }) => [
        paintState(state, `${MARKS[state]} ${state}`, paint),
        ago(at, now),
        by === 'millrace' ? '' : `by ${by}`,
        note,
      ]),
    ),
    ...(alert.cause === null
      ? []
      : ['', `Caused by alert ${alert.cause}: millrace alerts show ${alert.cause}`]),
    ...(caused.length === 0
      ? []
      : ['', 'It also caused', ...alignTable(caused.map((each) => cells(each, '', now, terminal)))]),
    ...(alert.run === null
      ? []
      : ['', `Seen in ${plural(alert.occurrences, 'run')}, last in run ${alert.run}.`]),
  ]
}

export const silenceLine = ({ assets, kind, until, by, reason }: Silence, now: number): string =>
  `${assets === '*' ? 'anything' : assets}${kind === null ? '' : ` (${kind})`} for ${duration(until - now)}, by ${by}${reason === '' ? '' : `: ${reason}`}`

export function silenceLines(silences: readonly Silence[], now: number): string[] {
  if (silences.length === 0) return ['Nothing is silenced.']
  return silences.map((silence) => `${silence.id}  ${silenceLine(silence, now)}`)
}
