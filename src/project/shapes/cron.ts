type CronField = Readonly<{ name: string; least: number; most: number; words: readonly string[] }>

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const SECOND: CronField = { name: 'second', least: 0, most: 59, words: [] }
const FIELDS: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'weekday', least: 0, most: 7, words: WEEKDAYS },
]

export const NICKNAMES = [
  '@hourly',
  '@daily',
  '@midnight',
  '@weekly',
  '@monthly',
  '@yearly',
  '@annually',
] as const

const isNickname = (text: string): boolean => NICKNAMES.some((name) => name === text.trim().toLowerCase())

/** Several fields, or a name for some: at least meant as a cron pattern. */
export const isCronLike = (text: string): boolean => /\S\s+\S/.test(text) || isNickname(text)

/** What is wrong with a cron pattern of five fields, or six with seconds first, in words; null where nothing is. */
export function cronMistake(pattern: string): string | null {
  if (isNickname(pattern)) return null
  const parts = pattern.trim().toLowerCase().split(/\s+/)
  if (parts.length !== FIELDS.length && parts.length !== FIELDS.length + 1)
    return `it has ${parts.length === 1 ? 'one field' : `${parts.length} fields`} instead of five or six`
  const fields = parts.length === FIELDS.length ? FIELDS : [SECOND, ...FIELDS]
  for (const [index, field] of fields.entries()) {
    for (const part of (parts[index] ?? '').split(',')) {
      const mistake = partMistake(part, field)
      if (mistake !== null) return mistake
    }
  }
  const [days = '*', months = '*', weekdays = '*'] = parts.slice(-3)
  return dayMistake(days, months, weekdays)
}

function partMistake(part: string, field: CronField): string | null {
  const match = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part)
  if (!match) return `"${part}" is no ${field.name}`
  const [, from = '', to, step] = match
  if (step !== undefined && Number(step) === 0) return `"${part}" steps by 0`
  if (step !== undefined && Number(step) > field.most) return `"${part}" steps beyond ${field.most}`
  if (from === '*') return to === undefined ? null : `"${part}" is no ${field.name}`
  if (step !== undefined && to === undefined)
    return `"${part}" steps from nowhere; write ${from}-${field.most}/${step}`
  const bounds = [from, ...(to === undefined ? [] : [to])].map((text) => cronNumber(text, field))
  if (bounds.some((bound) => bound === null))
    return `"${part}" is no ${field.name} (${field.least} to ${field.most}${field.words.length > 0 ? ` or ${field.words.join(', ')}` : ''})`
  const [first = 0, last = first] = bounds as number[]
  return first <= last ? null : `"${part}" goes backwards`
}

function cronNumber(text: string, { least, most, words }: CronField): number | null {
  if (/^\d+$/.test(text)) return Number(text) >= least && Number(text) <= most ? Number(text) : null
  const index = words.indexOf(text)
  return index < 0 ? null : index + (words.length === MONTHS.length ? 1 : 0)
}

const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A day that no named month has never comes. A weekday beside it would come all the same: cron takes either. */
function dayMistake(days: string, months: string, weekdays: string): string | null {
  if (/\*/.test(days) || weekdays !== '*') return null
  const first = Math.min(...days.split(',').map((part) => Number.parseInt(part, 10)))
  const longest = Math.max(...LONGEST.filter((_, index) => namesMonth(months, index + 1)))
  return first <= longest ? null : `day ${first} never comes in month ${months}`
}

function namesMonth(months: string, month: number): boolean {
  return months.split(',').some((part) => {
    const [range = '*', step = '1'] = part.split('/')
    const [from, to] = range === '*' ? ['1', '12'] : range.split('-')
    const field = FIELDS[3]!
    const first = cronNumber(from ?? '', field) ?? 1
    const last = to === undefined ? first : (cronNumber(to, field) ?? 12)
    return month >= first && month <= last && (month - first) % Number(step) === 0
  })
}
