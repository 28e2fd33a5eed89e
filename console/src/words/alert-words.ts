import type { Alert, AlertKind, AlertState, Observation } from '../../../src/domain/alert.js'
import { percent, short } from './numbers.js'
import { shellWord } from './shell.js'
import { duration } from './time.js'

export const OPEN_STATES: readonly AlertState[] = ['pending', 'firing', 'acknowledged']

export const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  failed: 'Failed',
  held: 'Held',
  late: 'Late',
  never_started: 'Never started',
  slow: 'Slow',
  rows: 'Unusual number of rows',
  freshness: 'Old rows',
  check_value: 'Check',
  budget: 'Over its budget',
  delivery: 'Delivery',
  report: 'Report',
  project: 'Project',
}

/** A number in the unit it is told in. */
export function observed(value: number, unit: Observation['unit']): string {
  switch (unit) {
    case 'ms':
      return duration(value)
    case 'rows':
      return `${short(value)} ${value === 1 ? 'row' : 'rows'}`
    case 'fraction':
      return percent(value)
    case 'number':
      return short(value)
  }
}

/** "9.8 s; usual is 1.9 s to 2.6 s: 3.8 times the most." The ratio only where it says something. */
export function observationSentence({ value, unit, low, high }: Observation): string {
  const said = observed(value, unit)
  if (low !== null && high !== null) {
    return `${said}; usual is ${observed(low, unit)} to ${observed(high, unit)}${ratio(value, low, high)}.`
  }
  if (high !== null) return `${said}; the limit is ${observed(high, unit)}${ratio(value, null, high)}.`
  if (low !== null) return `${said}; the least is ${observed(low, unit)}${ratio(value, low, null)}.`
  return `${said}.`
}

function ratio(value: number, low: number | null, high: number | null): string {
  if (high !== null && high > 0 && value > high * 1.05) {
    const times = value / high
    return times >= 1.95
      ? `: ${Number(times.toFixed(1))} times the most`
      : `: ${percent(times - 1)} above the most`
  }
  if (low !== null && low > 0 && value >= 0 && value < low)
    return `: ${percent(1 - value / low)} below the least`
  return ''
}

/** Where value and band stand on one axis, as fractions 0 to 1, with some room at both ends. */
export function bandLayout({ value, low, high }: Observation): {
  band: { left: number; width: number } | null
  value: number
  from: number
  to: number
} {
  const known = [value, low, high].filter((one): one is number => one !== null)
  const least = Math.min(...known)
  const most = Math.max(...known)
  const room = (most - least || Math.abs(most) || 1) * 0.15
  // Counts, sizes and times have a true zero: it is shown where it is near.
  const from = least >= 0 && least <= (most - least) * 1.5 ? 0 : least - room
  const to = most + room
  const place = (one: number) => (one - from) / (to - from)
  const left = low === null ? 0 : place(low)
  const right = high === null ? 1 : place(high)
  return {
    band: low === null && high === null ? null : { left, width: right - left },
    value: place(value),
    from,
    to,
  }
}

/** Alerts below the one that caused them, roots in the order given; a caused one whose root is not there stands alone. */
export function grouped(alerts: readonly Alert[]): readonly { alert: Alert; caused: readonly Alert[] }[] {
  const here = new Set(alerts.map(({ id }) => id))
  const roots = alerts.filter(({ cause }) => cause === null || !here.has(cause))
  return roots.map((alert) => ({ alert, caused: causedBy(alert, alerts) }))
}

/** "Lasted 12 min", "For 12 min so far". */
export const howLong = ({ since, resolvedAt }: Alert, now: number): string =>
  resolvedAt === null
    ? `For ${duration(Math.max(0, now - since))} so far`
    : `Lasted ${duration(Math.max(0, resolvedAt - since))}`

/** The command that does what the dialog does. Patterns stand in quotes: a shell has its own idea of a star. */
export function silenceCommand({ assets, kind, length, reason, by }: SilenceWords): string {
  const said = [
    ['--for', length],
    ['--kind', kind ?? ''],
    ['--reason', reason],
    ['--by', by],
  ]
    .filter(([, value]) => value !== '')
    .map(([flag, value = '']) => `${flag} ${shellWord(value)}`)
  return ['millrace alerts silence', shellWord(assets), ...said].join(' ')
}

type SilenceWords = Readonly<{
  assets: string
  kind: AlertKind | null
  /** "4 hours". */
  length: string
  reason: string
  by: string
}>

/** In the order in which they came about: what broke first stands first. */
const causedBy = ({ id }: Alert, alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(({ cause }) => cause === id).sort((a, b) => a.id - b.id)
