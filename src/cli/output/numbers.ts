/** `2.1 M`, `48.3 k`, `812`: three figures say enough. */
export function count(value: number): string {
  const size = Math.abs(value)
  if (size >= 999_500_000) return `${three(value / 1e9)} G`
  if (size >= 999_500) return `${three(value / 1e6)} M`
  if (size >= 99_950) return `${three(value / 1e3)} k`
  return value.toLocaleString('en-US')
}

const three = (value: number): string => value.toFixed(Math.abs(value) >= 99.95 ? 0 : 1)

export const rowsText = (rows: number): string => `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`

/** `840 ms`, `1.4 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** How long ago, coarse: `just now`, `3 min ago`, `2 days ago`. */
export function ago(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 2 * 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  return `${Math.floor(minutes / 1440)} days ago`
}

/** How soon, coarse: `now`, `in 40 s`, `in 3 min`, `in 2 days`. */
export function within(ms: number): string {
  if (ms < 1_000) return 'now'
  if (ms < 99_500) return `in ${Math.round(ms / 1000)} s`
  if (ms < 99.5 * 60_000) return `in ${Math.round(ms / 60_000)} min`
  if (ms < 47.5 * 3_600_000) return `in ${Math.round(ms / 3_600_000)} h`
  return `in ${Math.round(ms / 86_400_000)} days`
}

/** `2026-03-01 06:00` in UTC, seconds only where there are any. */
export function instant(at: number): string {
  const text = new Date(at).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, text.slice(17, 19) === '00' ? 16 : 19)}`
}
