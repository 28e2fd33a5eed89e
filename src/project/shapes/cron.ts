type CronField = Readonly<{ name: string; least: number; most: number; words: readonly string[] }>

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const FIELDS: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'weekday', least: 0, most: 7, words: WEEKDAYS },
]

const NICKNAMES = new Set(['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'])

/** What is wrong with a cron pattern of five fields, in words; null where nothing is. */
export function cronMistake(pattern: string): string | null {
  const text = pattern.trim().toLowerCase()
  if (NICKNAMES.has(text)) return null
  const fields = text.split(/\s+/)
  if (fields.length !== FIELDS.length)
    return `it has ${fields.length === 1 ? 'one field' : `${fields.length} fields`} instead of five`
  for (const [index, field] of FIELDS.entries()) {
    for (const part of (fields[index] ?? '').split(',')) {
      const mistake = partMistake(part, field)
      if (mistake !== null) return mistake
    }
  }
  return null
}

function partMistake(part: string, field: CronField): string | null {
  const match = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part)
  if (!match) return `"${part}" is no ${field.name}`
  const [, from = '', to, step] = match
  if (step !== undefined && Number(step) === 0) return `"${part}" steps by 0`
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
