import type { Schedule } from '../../../../src/domain/schedule.js'

/** A schedule as somebody would say it: "every 15 minutes", "Mondays at 07:00", "when something it reads is released". */
export function scheduleWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return cronWords(schedule.pattern)
    case 'upstream':
      return 'when something it reads is released'
    case 'never':
      return 'by hand only'
  }
}

/** What happens to ticks missed while nothing ran. */
export function catchUpWords(schedule: Schedule): string {
  if (schedule.kind !== 'cron') return ''
  switch (schedule.catchUp) {
    case 'latest':
      return 'Missed ticks are made up for by one run.'
    case 'all':
      return 'Missed ticks are each run, oldest first.'
    case 'none':
      return 'Missed ticks are left out.'
  }
}

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

type Fields = Readonly<{
  second: string
  minute: string
  hour: string
  day: string
  month: string
  weekday: string
}>

/** Words for the patterns people write; the pattern itself where words would be longer or wrong. */
export function cronWords(pattern: string): string {
  const fields = fieldsOf(NAMED[pattern.trim().toLowerCase()] ?? pattern)
  return (fields && wordsOf(fields)) ?? `by the pattern ${pattern}`
}

function fieldsOf(pattern: string): Fields | null {
  const parts = pattern.trim().split(/\s+/)
  if (parts.length !== 5 && parts.length !== 6) return null
  const [second, minute, hour, day, month, weekday] = parts.length === 6 ? parts : ['0', ...parts]
  return { second: second!, minute: minute!, hour: hour!, day: day!, month: month!, weekday: weekday! }
}

function wordsOf(fields: Fields): string | null {
  if (fields.month !== '*') return null
  const days = dayWords(fields.day, fields.weekday)
  if (days === null) return null
  const { second, minute, hour } = fields
  if (minute === '*' && hour === '*') {
    const often = second === '0' ? 'every minute' : everyWords(second, 'second')
    return often && joined(often, days.often)
  }
  if (second !== '0') return null
  return atTimes(minute, hour, days) ?? withinHours(minute, hour, days.often)
}

/** "daily at 07:00 and 19:00". */
function atTimes(minute: string, hour: string, days: DayWords): string | null {
  const minutes = numbers(minute)
  const hours = numbers(hour)
  if (!minutes || !hours || minutes.length * hours.length > 4) return null
  const times = hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`))
  return `${days.on} at ${listed(times)}`
}

/** "every 15 minutes from 06:00 to 20:59", "every hour at minute 5". */
function withinHours(minute: string, hour: string, often: string): string | null {
  const minutes = numbers(minute)
  const step = minutes
    ? minuteOfHourWords(minutes)
    : minute === '*'
      ? 'every minute'
      : everyWords(minute, 'minute')
  if (step === null) return null
  if (hour === '*') return joined(step, often)
  const range = /^(\d+)-(\d+)$/.exec(hour)
  if (range) return joined(`${step} from ${two(Number(range[1]))}:00 to ${two(Number(range[2]))}:59`, often)
  const hourly = everyWords(hour, 'hour')
  if (hourly === null || !minutes || minutes.length !== 1) return null
  return joined(minutes[0] === 0 ? hourly : `${hourly} at minute ${minutes[0]}`, often)
}

function minuteOfHourWords(minutes: readonly number[]): string {
  const step = 60 / minutes.length
  // 0,15,30,45 is how many write */15 where a slash would end a comment.
  if (minutes.every((minute, index) => minute === index * step)) {
    return step === 60 ? 'every hour' : `every ${step} minutes`
  }
  return `every hour at ${minutes.length === 1 ? 'minute' : 'minutes'} ${listed(minutes.map(String))}`
}

/** A step that does not divide its hour or day is irregular at its end, and no "every" is true of it. */
function everyWords(field: string, unit: 'second' | 'minute' | 'hour'): string | null {
  if (field === '*') return `every ${unit}`
  const step = Number(/^(?:\*|0)\/(\d+)$/.exec(field)?.[1] ?? Number.NaN)
  if (!Number.isInteger(step) || step < 1 || (unit === 'hour' ? 24 : 60) % step !== 0) return null
  return step === 1 ? `every ${unit}` : `every ${step} ${unit}s`
}

/** `on`: before "at 07:00". `often`: after "every 15 minutes"; empty on all days. */
type DayWords = Readonly<{ on: string; often: string }>

function dayWords(day: string, weekday: string): DayWords | null {
  if (day === '*' && (weekday === '*' || weekday === '?')) return { on: 'daily', often: '' }
  if (weekday === '*' || weekday === '?') {
    const days = numbers(day)
    const words = day.toUpperCase() === 'L' ? 'last' : days && listed(days.map(ordinal))
    return words ? { on: `on the ${words} of each month`, often: `on the ${words} of each month` } : null
  }
  if (day !== '*') return null
  const span = /^(\w+)-(\w+)$/.exec(weekday)
  if (span) {
    const [from, to] = [weekdayOf(span[1]!), weekdayOf(span[2]!)]
    return from && to ? { on: `${from} to ${to}`, often: `${from} to ${to}` } : null
  }
  const names = weekday.split(',').map(weekdayOf)
  if (names.some((name) => name === null)) return null
  const words = listed(names.map((name) => `${name}s`))
  return { on: words, often: `on ${words}` }
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function weekdayOf(text: string): string | null {
  if (/^[0-7]$/.test(text)) return WEEKDAYS[Number(text)]!
  return WEEKDAYS.find((name) => name.slice(0, 3).toLowerCase() === text.toLowerCase()) ?? null
}

function numbers(field: string): readonly number[] | null {
  const found = field.split(',')
  return found.every((part) => /^\d+$/.test(part)) ? found.map(Number) : null
}

const two = (value: number): string => String(value).padStart(2, '0')

const joined = (words: string, rest: string): string => (rest === '' ? words : `${words} ${rest}`)

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

function ordinal(value: number): string {
  const ending =
    value % 100 >= 11 && value % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
  return `${value}${ending}`
}
