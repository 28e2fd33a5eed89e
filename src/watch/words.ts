import { DateTime } from 'luxon'

/** `840 ms`, `1.4 s`, `3 min 5 s`, `2 h 10 min`, `3 days`. */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (seconds < 2 * 86_400)
    return joined(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
  return `${Math.floor(seconds / 86_400)} days`
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

/** `4,812`, `2.1 M`. */
export function numberText(value: number): string {
  const size = Math.abs(value)
  if (size >= 999_500) return `${(value / 1e6).toFixed(1)} M`
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

export const rowsText = (rows: number): string => `${numberText(rows)} ${rows === 1 ? 'row' : 'rows'}`

export const percentText = (fraction: number): string =>
  `${Number((fraction * 100).toPrecision(fraction < 0.1 ? 2 : 3))} %`

/** `3.2 times`, or `+12 %` where it is less than double, against what was expected. */
export function againstUsual(value: number, usual: number): string {
  if (usual <= 0) return 'more than usual'
  const ratio = value / usual
  if (ratio >= 1.95) return `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toFixed(1))} times the usual`
  const change = Math.round((ratio - 1) * 100)
  return `${change >= 0 ? '+' : '−'}${Math.abs(change)} % against the usual`
}

/** `10:15`, with the date where it is another day. */
export function momentText(at: number, now: number, timezone: string): string {
  const moment = DateTime.fromMillis(at, { zone: timezone })
  const today = moment.hasSame(DateTime.fromMillis(now, { zone: timezone }), 'day')
  return moment.toFormat(today ? 'HH:mm' : 'd LLL HH:mm')
}
