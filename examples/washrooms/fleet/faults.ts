import type { Device } from './park.js'
import { PURPOSE, type Random } from './random.js'
import { DAY, type FaultRates, HOUR } from './settings.js'

export const FAULT_KINDS = ['stuck', 'drift', 'silent', 'unit_change', 'clock_ahead', 'clock_behind'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** A spell of bad health. `magnitude`: drift in percent a day, skew in minutes. `to` may be Infinity. */
export type Fault = Readonly<{ kind: FaultKind; from: number; to: number; magnitude: number }>

/** The fault, if any, that begins on a device on the day that starts at `day`. At most one at a time. */
export function faultOfDay(device: Device, day: number, rates: FaultRates, random: Random): Fault | null {
  random.at(PURPOSE.faultDay, device.deviceId, day / DAY)
  const draw = random.unit()
  const from = day + Math.floor(random.between(0, DAY))
  if (draw < rates.stuckPerDay)
    return { kind: 'stuck', from, to: from + Math.round(random.logBetween(12, 96) * HOUR), magnitude: 0 }
  if (draw < rates.stuckPerDay + rates.silentPerDay)
    return { kind: 'silent', from, to: from + Math.round(random.logBetween(2, 96) * HOUR), magnitude: 0 }
  if (draw < rates.stuckPerDay + rates.silentPerDay + rates.driftPerDay) {
    const perDay =
      device.kind === 'door_counter'
        ? random.between(1.2, 2.4)
        : random.between(0.5, 1.2) * (random.chance(0.5) ? 1 : -1)
    return { kind: 'drift', from, to: from + Math.round(random.between(20, 40) * DAY), magnitude: perDay }
  }
  return null
}

/** When a gateway that lost its line on this day finds it again; null on good days. */
export function outageOfDay(
  siteId: number,
  day: number,
  rates: FaultRates,
  random: Random,
): { from: number; to: number } | null {
  random.at(PURPOSE.gatewayDay, siteId, day / DAY)
  if (!random.chance(rates.outagePerDay)) return null
  const from = day + Math.floor(random.between(0, DAY))
  return { from, to: from + Math.round(random.logBetween(2, 30) * HOUR) }
}

/** Percent by which a drifting device is off at `at`. */
export function driftAt(fault: Fault | null, at: number): number {
  if (fault?.kind !== 'drift' || at < fault.from || at >= fault.to) return 0
  return (fault.magnitude * (at - fault.from)) / DAY
}

export const isDuring = (fault: Fault | null, kind: FaultKind, at: number): boolean =>
  fault !== null && fault.kind === kind && at >= fault.from && at < fault.to
