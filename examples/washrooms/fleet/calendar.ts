import { DateTime } from 'luxon'
import { HOUR } from './settings.js'

export const ZONE = 'Europe/Dublin'

/** An hour as the people in the building know it. `weekday` 1 is Monday; `day` counts local days. */
export type LocalHour = Readonly<{ hour: number; weekday: number; day: number; holiday: boolean }>

/** The local hour that begins at `instant`; Dublin's offset is always whole hours. */
export function localHour(instant: number): LocalHour {
  const local = DateTime.fromMillis(instant, { zone: ZONE })
  const { year, month, day } = local
  return {
    hour: local.hour,
    weekday: local.weekday,
    day: Math.round(Date.UTC(year, month - 1, day) / (24 * HOUR)),
    holiday: isHoliday(year, month, day, local.weekday),
  }
}

/** Ireland's public holidays: fixed days, Mondays, and Easter Monday. */
function isHoliday(year: number, month: number, day: number, weekday: number): boolean {
  const fixed = [101, 317, 1225, 1226]
  if (fixed.includes(month * 100 + day)) return true
  if (weekday !== 1) return false
  const firstMonday = day <= 7
  if (firstMonday && [5, 6, 8].includes(month)) return true
  if (month === 10 && day > 24) return true
  if (month === 2 && firstMonday && day !== 1) return true
  const easter = easterMonday(year)
  return month === easter.month && day === easter.day
}

/** The Monday after Easter Sunday, by the anonymous Gregorian computus. */
function easterMonday(year: number): { month: number; day: number } {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  const sunday = DateTime.utc(year, Math.floor(f / 31), (f % 31) + 1)
  const monday = sunday.plus({ days: 1 })
  return { month: monday.month, day: monday.day }
}
