const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "340 ms", "1.4 s", "2 min 5 s", "3 h 12 min", "2 days". Two units at most. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${Number((ms / SECOND).toFixed(1))} s`
  if (ms < 59_500) return `${Math.round(ms / SECOND)} s`
  if (ms < 10 * MINUTE) return pair(ms, MINUTE, 'min', SECOND, 's')
  if (ms < HOUR - MINUTE / 2) return `${Math.round(ms / MINUTE)} min`
  if (ms < 24 * HOUR - MINUTE / 2) return pair(ms, HOUR, 'h', MINUTE, 'min')
  if (ms < 3 * DAY) return pair(ms, DAY, ms < 2 * DAY ? 'day' : 'days', HOUR, 'h')
  return `${Math.round(ms / DAY)} days`
}

function pair(ms: number, large: number, largeWord: string, small: number, smallWord: string): string {
  const smalls = Math.round(ms / small)
  const wholes = Math.floor((smalls * small) / large)
  const rest = smalls - (wholes * large) / small
  return rest === 0 ? `${wholes} ${largeWord}` : `${wholes} ${largeWord} ${rest} ${smallWord}`
}

/** "just now", "3 min ago", "in 5 min". One unit: the exact time stands in the tooltip. */
export function ago(at: number, now: number): string {
  const distance = now - at
  if (Math.abs(distance) < 5 * SECOND) return distance >= 0 ? 'just now' : 'now'
  const words = coarse(Math.abs(distance))
  return distance > 0 ? `${words} ago` : `in ${words}`
}

function coarse(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  const days = Math.floor(ms / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${name}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options })
  formats.set(key, made)
  return made
}

/** "10:15" in the project's zone. */
export const clockTime = (at: number, zone: string): string =>
  format(zone, 'clock', { hour: '2-digit', minute: '2-digit' }).format(at)

/** "10:15:03". */
export const clockSeconds = (at: number, zone: string): string =>
  format(zone, 'seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)

/** "Tue 5 Feb". */
export const day = (at: number, zone: string): string =>
  format(zone, 'day', { weekday: 'short', day: 'numeric', month: 'short' }).format(at).replace(',', '')

/** "10:15" today, "Tue 5 Feb 10:15" on another day. */
export function moment(at: number, now: number, zone: string): string {
  const date = day(at, zone)
  return date === day(now, zone) && Math.abs(now - at) < DAY
    ? clockTime(at, zone)
    : `${date} ${clockTime(at, zone)}`
}

/** "Tuesday, 5 February 2024 at 10:15:03 GMT": nothing left to ask. */
export const exactTime = (at: number, zone: string): string =>
  format(zone, 'exact', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at)

/** "10:15:03.041", for lines of a log. */
export const clockMillis = (at: number, zone: string): string =>
  `${clockSeconds(at, zone)}.${String(Math.floor(at) % 1_000).padStart(3, '0')}`
