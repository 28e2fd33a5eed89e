/** A value of a row as it is shown: NULL told apart from an empty text, times without the T of ISO 8601. */
export type CellText = Readonly<{ text: string; tone: 'value' | 'null' | 'empty' }>

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/

export function cellText(value: unknown): CellText {
  if (value === null || value === undefined) return { text: 'NULL', tone: 'null' }
  if (value === '') return { text: 'empty text', tone: 'empty' }
  if (typeof value === 'string') return { text: instantText(value), tone: 'value' }
  return { text: typeof value === 'object' ? JSON.stringify(value) : String(value), tone: 'value' }
}

/** "2024-02-05 10:15:00Z": seconds that are whole lose their zeros, the zone stays. */
function instantText(text: string): string {
  const parts = INSTANT.exec(text)
  if (!parts) return text
  const [, date, time, fraction = '', zone = ''] = parts
  return `${date} ${time}${/^\.0+$/.test(fraction) ? '' : fraction}${zone === '+00:00' ? 'Z' : zone}`
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|REAL|DECIMAL.*|NUMERIC.*)$/i

/** True for types whose values are compared by size, and so stand at the right. */
export const isNumeric = (type: string | null): boolean => type !== null && NUMERIC.test(type)

const SHORT_TYPES: Readonly<Record<string, string>> = {
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ',
  'TIME WITH TIME ZONE': 'TIMETZ',
}

/** The engine's spelling, cut to what fits under a column's name. */
export const typeWord = (type: string | null): string =>
  type === null ? 'type unknown' : (SHORT_TYPES[type.toUpperCase()] ?? type).toLowerCase()
