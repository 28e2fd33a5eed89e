import { Cron } from 'croner'

/**
 * A cron pattern on a wall clock without time zone. Wall-clock times are written as epoch milliseconds, as if the
 * wall hung in UTC.
 */
export type WallPattern = Readonly<{
  /**
   * How the hours are named. `every`: all of them. `step`: every so many. `fixed`: by their numbers. It decides what
   * happens when clocks are changed.
   */
  hours: 'every' | 'step' | 'fixed'
  /** First match at or after a wall-clock time; null: never again. */
  from(wall: number): number | null
}>

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/** Patterns come from headers: few, and asked for again and again. */
const known = new Map<string, WallPattern>()
const MOST_KNOWN = 2_000

/** The pattern must be one that headers allow: it was checked when the project was loaded. */
export function wallPattern(pattern: string): WallPattern {
  const found = known.get(pattern)
  if (found) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const text = pattern.trim().toLowerCase()
  const made = compile(NICKNAMES[text] ?? text)
  known.set(pattern, made)
  return made
}

const SECOND_MS = 1_000

function compile(pattern: string): WallPattern {
  // With an offset of its own croner asks no time zone: the wall hangs in UTC.
  const cron = new Cron(pattern, { mode: '5-or-6-parts', utcOffset: 0 })
  return {
    hours: hoursOf(pattern),
    // Croner finds what comes after a second, so the search begins one before.
    from: (wall) =>
      cron.nextRun(new Date(Math.ceil(wall / SECOND_MS) * SECOND_MS - SECOND_MS))?.getTime() ?? null,
  }
}

function hoursOf(pattern: string): WallPattern['hours'] {
  const fields = pattern.split(/\s+/)
  const hour = fields.at(-4) ?? '*'
  if (hour.split(',').some((part) => /^(\*|0-23)(\/1)?$/.test(part))) return 'every'
  return hour.includes('/') ? 'step' : 'fixed'
}
