import { PURPOSE, type Random } from './random.js'
import { DAY, type FleetSettings } from './settings.js'
import { SITE_KINDS, type SiteKind } from './visits.js'

export type Customer = Readonly<{
  customerId: number
  name: string
  locale: string
  timezone: string
  country: string
}>
export type Site = Readonly<{
  siteId: number
  customerId: number
  name: string
  kind: SiteKind
  /** When its dispensers get firmware 3, epoch ms; Infinity: never. */
  firmware3At: number
}>
export type Washroom = Readonly<{
  washroomId: number
  siteId: number
  name: string
  floor: number
  /** Visits in its busiest hour. */
  peak: number
  devices: readonly Device[]
}>
export type DeviceKind = 'door_counter' | 'soap' | 'paper'
export type Device = Readonly<{
  deviceId: number
  washroomId: number
  kind: DeviceKind
  model: string
  /** ml of soap, mm of paper; null for counters. */
  capacity: number | null
  installedAt: number
  /** Seconds after the half hour at which a dispenser measures, or a counter's turn to send. */
  phaseSeconds: number
  /** How far the device's clock is off, ms; positive is ahead. */
  skewMs: number
  /** Percent of its content that one visit to the washroom takes, on average. */
  perVisit: number
  /** Staff refill it when they see it below this. */
  refillBelow: number
  /** Standard deviation of one measurement, in percent. */
  noise: number
}>

/** What stands where: fixed for the life of a fleet. */
export type Park = Readonly<{
  customers: readonly Customer[]
  sites: readonly Site[]
  washrooms: readonly Washroom[]
  devices: readonly Device[]
  siteOf: ReadonlyMap<number, Site>
}>

const COMPANIES = [
  ['Liffey Estates', 'en-IE', 'IE'],
  ['Nordlicht Immobilien', 'de-DE', 'DE'],
  ['Aéroports du Ponant', 'fr-FR', 'FR'],
  ['Slieve Health Trust', 'en-GB', 'GB'],
  ['Tolka Retail Parks', 'en-IE', 'IE'],
  ['Baixa Venues', 'pt-PT', 'PT'],
  ['Skagerrak Campus', 'nb-NO', 'NO'],
  ['Corrib Offices', 'en-IE', 'IE'],
] as const
const PLACES = [
  'Quayside',
  'Northgate',
  'Harbour',
  'Parkview',
  'Station',
  'Cedar',
  'Millpond',
  'Summit',
] as const
const ROOMS = ['North', 'South', 'East', 'West', 'Lobby', 'Atrium'] as const

export function buildPark(settings: FleetSettings, random: Random): Park {
  const customers = Array.from({ length: settings.customers }, (_, index) => customer(index))
  const sites = customers.flatMap((owner) =>
    Array.from({ length: settings.sitesPerCustomer }, (_, index) =>
      site(
        owner.customerId,
        (owner.customerId - 1) * settings.sitesPerCustomer + index + 1,
        settings,
        random,
      ),
    ),
  )
  const washrooms = sites.flatMap((place) =>
    Array.from({ length: settings.washroomsPerSite }, (_, index) =>
      washroom(place, (place.siteId - 1) * settings.washroomsPerSite + index + 1, settings, random),
    ),
  )
  return {
    customers,
    sites,
    washrooms,
    devices: washrooms.flatMap((room) => room.devices),
    siteOf: new Map(sites.map((place) => [place.siteId, place])),
  }
}

function customer(index: number): Customer {
  const [name, locale, country] = COMPANIES[index % COMPANIES.length]!
  const round = Math.floor(index / COMPANIES.length)
  return {
    customerId: index + 1,
    name: round === 0 ? name : `${name} ${round + 1}`,
    locale,
    timezone: 'Europe/Dublin',
    country,
  }
}

function site(customerId: number, siteId: number, settings: FleetSettings, random: Random): Site {
  random.at(PURPOSE.site, siteId, 0)
  const kind = random.pick(SITE_KINDS)
  const changes = random.chance(settings.faults.unitChange)
  const share = random.between(0.45, 0.85)
  return {
    siteId,
    customerId,
    name: `${PLACES[(siteId * 3) % PLACES.length]} ${kind}`,
    kind,
    firmware3At: changes
      ? settings.from + Math.floor((share * (settings.until - settings.from)) / 60_000) * 60_000
      : Infinity,
  }
}

function washroom(place: Site, washroomId: number, settings: FleetSettings, random: Random): Washroom {
  random.at(PURPOSE.washroom, washroomId, 0)
  const peak = random.logBetween(18, 110)
  const floor = random.integer(0, 5)
  const name = `${ROOMS[washroomId % ROOMS.length]}, floor ${floor}`
  const kinds: DeviceKind[] = ['door_counter', 'soap', 'soap', 'paper']
  const devices = kinds.map((kind, index) =>
    device(kind, washroomId, (washroomId - 1) * kinds.length + index + 1001, peak, settings, random),
  )
  return { washroomId, siteId: place.siteId, name, floor, peak, devices }
}

function device(
  kind: DeviceKind,
  washroomId: number,
  deviceId: number,
  peak: number,
  settings: FleetSettings,
  random: Random,
): Device {
  random.at(PURPOSE.device, deviceId, 0)
  const daysOfContent = kind === 'paper' ? random.between(2, 5) : random.between(3.5, 9)
  const capacities = kind === 'paper' ? [200, 250, 300] : [800, 1000, 1200]
  return {
    deviceId,
    washroomId,
    kind,
    model: kind === 'door_counter' ? 'DC-2' : kind === 'soap' ? 'SD-4' : 'PT-1',
    capacity: kind === 'door_counter' ? null : random.pick(capacities),
    installedAt: settings.from - random.integer(10, 600) * DAY,
    phaseSeconds: kind === 'door_counter' ? random.integer(2, 90) : random.integer(0, 1799),
    skewMs: clockSkew(settings, random),
    // A busy building sees about five of its peak hours a day.
    perVisit: 100 / (daysOfContent * peak * 5),
    refillBelow: random.between(12, 38),
    noise: kind === 'paper' ? random.between(1.2, 2.4) : random.between(0.7, 1.6),
  }
}

function clockSkew(settings: FleetSettings, random: Random): number {
  const { clockAhead, clockBehind } = settings.faults
  const draw = random.unit()
  const amount = random.unit()
  if (draw < clockAhead) return Math.round((4 + 86 * amount * amount) * 60_000)
  if (draw < clockAhead + clockBehind) return -Math.round((2 + 13 * amount) * 60_000)
  return Math.round((amount - 0.5) * 6_000)
}
