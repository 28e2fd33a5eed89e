const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ms: ['ms', 'msec', 'millisecond', 'milliseconds'],
    s: ['s', 'sec', 'secs', 'second', 'seconds'],
    min: ['m', 'min', 'mins', 'minute', 'minutes'],
    h: ['h', 'hr', 'hrs', 'hour', 'hours'],
    d: ['d', 'day', 'days'],
    w: ['w', 'week', 'weeks'],
  }).flatMap(([unit, names]) => names.map((name) => [name, unit] as const)),
)

const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/giy

/** For JSON Schema and for editors. */
export const DURATION_PATTERN = '^\\s*(\\d+(\\.\\d+)?\\s*[A-Za-z]+\\s*)+$'

/** Milliseconds of `30s`, `15 min`, `1 hour 30 min`. Days have 24 hours. Null: not a duration. */
export function parseDuration(text: string): number | null {
  const source = text.trim()
  let total = 0
  let end = 0
  PART.lastIndex = 0
  for (let part = PART.exec(source); part !== null; part = PART.exec(source)) {
    const unit = UNITS.get((part[2] ?? '').toLowerCase())
    if (unit === undefined) return null
    total += Number(part[1]) * (MS[unit] ?? 0)
    end = PART.lastIndex
  }
  return end === source.length && end > 0 ? Math.round(total) : null
}
