/** How often devices fail, and how badly. Shares are 0 to 1; `perDay` is the chance that one starts on a day. */
export type FaultRates = Readonly<{
  /** Share of messages sent twice: same device and time, a new id. */
  duplicates: number
  /** Share of messages held up for 1 to 45 minutes: they come out of order. */
  delayed: number
  /** Share of messages with a value that cannot be: negative, 65535, NaN, 254 %. */
  impossible: number
  /** Chance that a site's gateway loses its line for 2 to 30 hours; all it kept is sent afterwards. */
  outagePerDay: number
  /** Share of devices whose clock runs 4 to 90 minutes ahead, and of those 2 to 15 minutes behind. */
  clockAhead: number
  clockBehind: number
  /** A sensor repeats its last value for 12 to 96 hours. */
  stuckPerDay: number
  /** A level sensor creeps up or down, a door counter sees fewer and fewer people in, for 20 to 40 days. */
  driftPerDay: number
  /** Nothing is sent for 2 hours to 4 days. */
  silentPerDay: number
  /** Share of sites whose dispensers get firmware 3, which sends millilitres and millimetres for percent. */
  unitChange: number
}>

export const USUAL_FAULTS: FaultRates = {
  duplicates: 0.004,
  delayed: 0.01,
  impossible: 0.001,
  outagePerDay: 0.03,
  clockAhead: 0.06,
  clockBehind: 0.02,
  stuckPerDay: 0.002,
  driftPerDay: 0.0006,
  silentPerDay: 0.004,
  unitChange: 0.7,
}

export const NO_FAULTS: FaultRates = {
  duplicates: 0,
  delayed: 0,
  impossible: 0,
  outagePerDay: 0,
  clockAhead: 0,
  clockBehind: 0,
  stuckPerDay: 0,
  driftPerDay: 0,
  silentPerDay: 0,
  unitChange: 0,
}

/** Everything a fleet's life follows from. Equal settings give equal rows. Times are epoch ms, whole hours. */
export type FleetSettings = Readonly<{
  seed: number
  from: number
  until: number
  customers: number
  sitesPerCustomer: number
  washroomsPerSite: number
  faults: FaultRates
}>

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export type FleetOptions = Readonly<{
  seed?: number
  days?: number
  /** End of history, epoch ms; cut to the whole hour. */
  until: number
  customers?: number
  sitesPerCustomer?: number
  washroomsPerSite?: number
  faults?: Partial<FaultRates>
}>

export function fleetSettings(options: FleetOptions): FleetSettings {
  const until = Math.floor(options.until / HOUR) * HOUR
  return {
    seed: options.seed ?? 7,
    from: until - (options.days ?? 70) * DAY,
    until,
    customers: options.customers ?? 8,
    sitesPerCustomer: options.sitesPerCustomer ?? 3,
    washroomsPerSite: options.washroomsPerSite ?? 3,
    faults: { ...USUAL_FAULTS, ...options.faults },
  }
}
