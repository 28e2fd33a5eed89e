/** Hour of day 0 to 23 and weekday 0 (Sunday) to 6 of an instant, in one time zone. */
export type LocalHour = (at: number) => Readonly<{ hour: number; weekday: number }>

/** Offsets of time zones change on quarters of an hour. */
const QUARTER_MS = 900_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const REMEMBERED = 20_000

/**
 * Asking the calendar costs microseconds, so the offset of each quarter of an hour is asked for once.
 * @throws RangeError for a time zone that does not exist
 */
export function localHours(timezone: string): LocalHour {
  if (timezone === 'UTC') return hourOf
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  const offsets = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS)
    let offset = offsets.get(quarter)
    if (offset === undefined) {
      if (offsets.size >= REMEMBERED) offsets.clear()
      offset = offsetOf(format, quarter * QUARTER_MS)
      offsets.set(quarter, offset)
    }
    return hourOf(at + offset)
  }
}

const hourOf = (at: number) => ({
  hour: mod(Math.floor(at / HOUR_MS), 24),
  // The first of January 1970 was a Thursday.
  weekday: mod(Math.floor(at / DAY_MS) + 4, 7),
})

const mod = (value: number, by: number): number => ((value % by) + by) % by

function offsetOf(format: Intl.DateTimeFormat, at: number): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
  const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!)
  return local - at
}
