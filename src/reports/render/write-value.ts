import type { Json } from '../../base/json.js'
import { type DurationUnit, type Format, isNumeric, usualFormat } from '../value-format.js'

/** What stands where there is no value. */
export const NO_VALUE = '–'

/** Writes values as people of one language read them, in one time zone. */
export type Writer = Readonly<{
  locale: string
  timezone: string
  /** A value of a column of this type. `digits`: places after the point where the format leaves them open. */
  value(value: Json, type: string, format: Format | null, digits?: number): string
  number(value: number, digits?: number): string
  /** With its sign. */
  percentChange(ratio: number): string
  /** A date and time. */
  instant(epochMs: number): string
  date(epochMs: number): string
  /** From `start` to the day before `end`. */
  dateRange(start: number, end: number): string
  /** A date by its parts, of an instant or, in zone UTC, of wall time. */
  parts(epochMs: number, options: Intl.DateTimeFormatOptions, zone?: string): string
}>

/** Formats are costly to make and hold nothing of anybody, so each language and time zone has one writer. */
const writers = new Map<string, Writer>()

export const writerFor = (locale: string, timezone: string): Writer =>
  cached(writers, `${locale} ${timezone}`, () => createWriter(locale, timezone))

function createWriter(locale: string, timezone: string): Writer {
  const numbers = new Map<string, Intl.NumberFormat>()
  const dates = new Map<string, Intl.DateTimeFormat>()
  const numberFormat = (options: Intl.NumberFormatOptions) =>
    cached(numbers, JSON.stringify(options), () => new Intl.NumberFormat(locale, options))
  const dateFormat = (options: Intl.DateTimeFormatOptions) =>
    cached(dates, JSON.stringify(options), () => new Intl.DateTimeFormat(locale, options))
  const parts: Writer['parts'] = (at, options, zone = timezone) =>
    dateFormat({ ...options, timeZone: zone }).format(at)

  const number = (value: number, digits = digitsOf([value])) =>
    numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
  const percent = (ratio: number, digits: number | null, signed: boolean) => {
    const places = digits ?? (ratio !== 0 && Math.abs(ratio) < 0.1 ? 1 : 0)
    return numberFormat({
      style: 'percent',
      minimumFractionDigits: places,
      maximumFractionDigits: places,
      ...(signed && { signDisplay: 'exceptZero' }),
    }).format(ratio)
  }
  const change = (value: number, digits: number) =>
    numberFormat({
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: 'exceptZero',
    }).format(value)

  const writeNumber = (value: number, format: Format, digits: number): string => {
    switch (format.kind) {
      case 'number':
        return number(value, format.digits ?? digits)
      case 'change':
        return change(value, format.digits ?? digits)
      case 'percent':
        return percent(value, format.digits, false)
      case 'percent_change':
        return percent(value, format.digits, true)
      case 'currency':
        return numberFormat({ style: 'currency', currency: format.currency }).format(value)
      case 'duration':
        return duration(value * MS[format.unit], number)
      default:
        return number(value, digits)
    }
  }

  return {
    locale,
    timezone,
    number,
    parts,
    percentChange: (ratio) => percent(ratio, null, true),
    instant: (at) => parts(at, DATE_TIME),
    date: (at) => parts(at, DATE),
    // Thin spaces around the dash are not in every font.
    dateRange: (start, end) =>
      dateFormat({ ...DATE, timeZone: timezone })
        .formatRange(start, end - 1)
        .replaceAll('\u2009', ' '),
    value: (value, type, format, digits) => {
      if (value === null) return NO_VALUE
      const chosen = format ?? usualFormat(type)
      if (isNumeric(type)) {
        const known = Number(value)
        if (chosen.kind === 'text') return String(value)
        return Number.isFinite(known) ? writeNumber(known, chosen, digits ?? digitsOf([known])) : NO_VALUE
      }
      if (chosen.kind === 'text') return textOf(value)
      const time = timeOf(value, type)
      return time === null
        ? textOf(value)
        : parts(time.at, TIMES[chosen.kind] ?? DATE_TIME, time.zone ?? timezone)
    },
  }
}

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' }
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const DATE_TIME: Intl.DateTimeFormatOptions = { ...DATE, month: 'short', ...CLOCK }
const TIMES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { ...DATE, month: 'short' },
  datetime: DATE_TIME,
  time: CLOCK,
  weekday: { weekday: 'long' },
  month: { month: 'long', year: 'numeric' },
}

/** Places that numbers of this size deserve, the same for all of them. */
export function digitsOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite)
  if (finite.every(Number.isInteger)) return 0
  const size = Math.max(...finite.map(Math.abs))
  return size >= 100 ? 0 : size >= 10 ? 1 : 2
}

/** Epoch ms of a time as the engine gives it. A date and a local time stand for themselves: they are read as UTC. */
export function timeOf(value: Json, type: string): { at: number; zone: string | null } | null {
  if (typeof value !== 'string') return null
  const isInstant = type === 'TIMESTAMP WITH TIME ZONE'
  const at = Date.parse(isInstant ? value : type === 'DATE' ? `${value}T00:00:00Z` : `${value}Z`)
  return Number.isNaN(at) ? null : { at, zone: isInstant ? null : 'UTC' }
}

const textOf = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

const MS: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }
const DAY = 24 * MS.h

/** Two units at most: `2 h 10 min`. */
function duration(ms: number, number: Writer['number']): string {
  const sign = ms < 0 ? '−' : ''
  const size = Math.abs(ms)
  if (size < 1000) return `${sign}${number(Math.round(size), 0)} ms`
  if (size < 59_500) return `${sign}${number(size / 1000, size < 9_950 ? 1 : 0)} s`
  const [big, small, units] =
    size < MS.h
      ? [MS.min, MS.s, ['min', 's']]
      : size < 2 * DAY
        ? [MS.h, MS.min, ['h', 'min']]
        : [DAY, MS.h, ['d', 'h']]
  const rounded = Math.round(size / small)
  const per = big / small
  const rest = rounded % per
  const whole = `${number(Math.floor(rounded / per), 0)} ${units[0]}`
  return sign + (rest === 0 ? whole : `${whole} ${rest} ${units[1]}`)
}

function cached<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}
