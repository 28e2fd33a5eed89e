import type { Device } from './park.js'
import { PURPOSE, type Random } from './random.js'
import { DAY, HOUR } from './settings.js'

export const MEASURE_EVERY = HOUR / 2

/** A dispenser's real content through one hour: it is used evenly, and perhaps refilled once. */
export type HourOfUse = Readonly<{
  start: number
  /** Percent at the start of the hour. */
  before: number
  /** Percent that would be taken in the whole hour if there were enough. */
  usage: number
  refill: Readonly<{ at: number; to: number }> | null
}>

/** Percent taken from a dispenser in an hour. People differ, and habits change from week to week. */
export function usageOf(device: Device, start: number, visits: number, random: Random): number {
  if (visits === 0) return 0
  random.at(PURPOSE.usage, device.deviceId, -Math.floor(start / (7 * DAY)) - 1)
  const habit = Math.exp(0.12 * random.normal())
  random.at(PURPOSE.usage, device.deviceId, start / HOUR)
  const uses = Math.max(0, visits + 0.8 * Math.sqrt(visits) * random.normal())
  return device.perVisit * habit * uses
}

/** What is really in it at `at`, percent. */
export function contentAt(hour: HourOfUse, at: number): number {
  const taken = (from: number) => (hour.usage * (at - from)) / HOUR
  const { refill } = hour
  if (refill && at >= refill.at) return Math.max(0, refill.to - taken(refill.at))
  return Math.max(0, hour.before - taken(hour.start))
}

/** Cleaning staff fill what they find low, and now and then what is not; some they overlook. */
export function refillTo(device: Device, content: number, random: Random): number | null {
  const low = content < device.refillBelow
  const fill = low ? random.chance(0.88) : content < 75 && random.chance(0.02)
  return fill ? random.between(95, 100) : null
}

/** A measurement in percent: noise, a hand before the sensor now and then, and what drift adds. */
export function measure(device: Device, content: number, drift: number, random: Random): number {
  const spike = random.chance(0.004) ? random.between(-45, 45) : 0
  return Math.min(125, Math.max(0, content + drift + spike + device.noise * random.normal()))
}

/** What is sent: whole percent by firmware 2, ml or mm by firmware 3. */
export function inUnitOf(firmware: string, device: Device, percent: number): number {
  return firmware.startsWith('3.') ? Math.round((percent / 100) * device.capacity!) : Math.round(percent)
}
