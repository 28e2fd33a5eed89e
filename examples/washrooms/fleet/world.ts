import { type LocalHour, localHour } from './calendar.js'
import {
  contentAt,
  type HourOfUse,
  inUnitOf,
  MEASURE_EVERY,
  measure,
  refillTo,
  usageOf,
} from './dispenser.js'
import { driftAt, type Fault, faultOfDay, isDuring, outageOfDay } from './faults.js'
import { arrivals, total, WINDOW, WINDOWS } from './footfall.js'
import type { Message } from './message.js'
import { Outbox } from './outbox.js'
import { buildPark, type Device, type Park, type Washroom } from './park.js'
import { PURPOSE, Random } from './random.js'
import { DAY, type FleetSettings, HOUR } from './settings.js'
import { busyness } from './visits.js'

/** What really happens, for whoever keeps the truth. Times are true times, epoch ms. */
export type Witness = Readonly<{
  visits(washroomId: number, hour: number, count: number): void
  level(deviceId: number, at: number, percent: number): void
  refill(deviceId: number, at: number, before: number, after: number): void
  fault(deviceId: number, fault: Fault): void
}>

type DeviceState = {
  readonly device: Device
  readonly room: Washroom
  /** Percent at the start of the hour to come; counters have none. */
  content: number
  fault: Fault | null
  /** Value a stuck sensor repeats: people in and out, or a level in percent. */
  frozen: readonly [number, number] | null
  /** People seen in but not yet out. */
  inside: number
}

/** Hours of a round of cleaning, local time. */
const ROUNDS: readonly number[] = [6, 13, 18]

/** The fleet and the people around it. Advances hour by hour; what devices send waits in the outbox. */
export class World {
  readonly park: Park
  readonly outbox = new Outbox()
  readonly #random: Random
  readonly #states: readonly (readonly DeviceState[])[]
  readonly #offline = new Map<number, { from: number; to: number }>()
  /** Start of the next hour to live through. */
  now: number

  constructor(
    readonly settings: FleetSettings,
    readonly witness?: Witness,
  ) {
    this.#random = new Random(settings.seed)
    this.park = buildPark(settings, this.#random)
    this.now = settings.from
    this.#states = this.park.washrooms.map((room) =>
      room.devices.map((device) => this.#firstState(device, room)),
    )
    this.#tellLastingFaults()
  }

  /** Lives through one hour. */
  advance(): void {
    const start = this.now
    if ((start - this.settings.from) % DAY === 0) this.#beginDay(start)
    const local = localHour(start)
    this.park.washrooms.forEach((room, index) => {
      const counts = arrivals(this.park, room, start, local, this.#random)
      this.witness?.visits(room.washroomId, start, total(counts))
      const [counter, ...dispensers] = this.#states[index]!
      this.#count(counter!, start, counts)
      this.#dispense(room, dispensers, start, total(counts), local)
    })
    this.now = start + HOUR
  }

  /** Percent in every dispenser right now. */
  contents(): { device: Device; room: Washroom; content: number }[] {
    return this.#states.flat().filter(({ device }) => device.capacity !== null)
  }

  #firstState(device: Device, room: Washroom): DeviceState {
    this.#random.at(PURPOSE.device, device.deviceId, 1)
    return { device, room, content: this.#random.between(35, 100), fault: null, frozen: null, inside: 0 }
  }

  #tellLastingFaults(): void {
    const { witness, settings, park } = this
    if (!witness) return
    for (const { deviceId, skewMs, washroomId, capacity } of park.devices) {
      const kind = skewMs > 60_000 ? 'clock_ahead' : skewMs < -60_000 ? 'clock_behind' : null
      const magnitude = Math.abs(skewMs) / 60_000
      if (kind) witness.fault(deviceId, { kind, from: settings.from, to: Infinity, magnitude })
      const from = this.#siteOfWashroom(washroomId).firmware3At
      if (capacity !== null && from < Infinity)
        witness.fault(deviceId, { kind: 'unit_change', from, to: Infinity, magnitude: 0 })
    }
  }

  #siteOfWashroom(washroomId: number) {
    return this.park.siteOf.get(this.park.washrooms[washroomId - 1]!.siteId)!
  }

  #beginDay(day: number): void {
    for (const state of this.#states.flat()) {
      if (state.fault && state.fault.to > day) continue
      state.frozen = null
      state.fault = faultOfDay(state.device, day, this.settings.faults, this.#random)
      if (state.fault) this.witness?.fault(state.device.deviceId, state.fault)
    }
    for (const { siteId } of this.park.sites) {
      if ((this.#offline.get(siteId)?.to ?? 0) > day) continue
      const outage = outageOfDay(siteId, day, this.settings.faults, this.#random)
      if (outage) this.#offline.set(siteId, outage)
    }
  }

  #count(state: DeviceState, start: number, counts: readonly number[]): void {
    const random = this.#random.at(PURPOSE.reading, state.device.deviceId, start / HOUR)
    const seen: [number, number][] = counts.map((count, window) => {
      const sight = Math.max(0, 0.985 - driftAt(state.fault, start + window * WINDOW) / 100)
      const left = random.binomial(state.inside, 0.6)
      state.inside += count - left
      return [random.binomial(count, sight), random.binomial(left, 0.985)]
    })
    random.at(PURPOSE.sending, state.device.deviceId, start / HOUR)
    for (let window = 0; window < WINDOWS; window++) {
      const at = start + window * WINDOW
      if (isDuring(state.fault, 'stuck', at)) state.frozen ??= seen[window]!
      const [peopleIn, peopleOut] = isDuring(state.fault, 'stuck', at) ? state.frozen! : seen[window]!
      const end = at + WINDOW
      const sentAt = end + state.device.phaseSeconds * 1000
      this.#send(state, end, sentAt, { peopleIn, peopleOut, level: null, firmware: '1.8.2' })
    }
  }

  #dispense(
    room: Washroom,
    states: readonly DeviceState[],
    start: number,
    visits: number,
    local: LocalHour,
  ): void {
    const round = this.#roundOfCleaning(room, start, local)
    for (const state of states) {
      const usage = usageOf(state.device, start, visits, this.#random)
      const random = this.#random.at(PURPOSE.reading, state.device.deviceId, start / HOUR)
      const hour = { start, before: state.content, usage, refill: null } as HourOfUse
      const found = round === null ? 0 : contentAt(hour, round)
      const to = round === null ? null : refillTo(state.device, found, random)
      const lived = to === null ? hour : { ...hour, refill: { at: round!, to } }
      if (lived.refill) this.witness?.refill(state.device.deviceId, lived.refill.at, found, lived.refill.to)
      const phase = state.device.phaseSeconds * 1000
      this.#sendLevel(state, start + phase, lived)
      this.#sendLevel(state, start + phase + MEASURE_EVERY, lived)
      state.content = contentAt(lived, start + HOUR)
    }
  }

  #roundOfCleaning(room: Washroom, start: number, local: LocalHour): number | null {
    const kind = this.park.siteOf.get(room.siteId)!.kind
    const openToday = busyness(kind, { ...local, hour: 12 }) > 0
    if (!openToday || !ROUNDS.includes(local.hour)) return null
    this.#random.at(PURPOSE.washroom, room.washroomId, start / HOUR)
    return start + Math.floor(this.#random.between(0, HOUR))
  }

  #sendLevel(state: DeviceState, at: number, hour: HourOfUse): void {
    const { device, fault } = state
    const random = this.#random
    const content = contentAt(hour, at)
    this.witness?.level(device.deviceId, at, content)
    const measured = measure(device, content, driftAt(fault, at), random)
    if (isDuring(fault, 'stuck', at)) state.frozen ??= [measured, 0]
    const percent = isDuring(fault, 'stuck', at) ? state.frozen![0] : measured
    const firmware = at >= this.#siteOfWashroom(device.washroomId).firmware3At ? '3.0.1' : '2.4.6'
    const level = inUnitOf(firmware, device, percent)
    this.#send(state, at, at, { peopleIn: null, peopleOut: null, level, firmware })
  }

  /** Hands a reading to the network: it may be silent, wrong, held up, late, or arrive twice. */
  #send(
    { device, room, fault }: DeviceState,
    at: number,
    sentAt: number,
    values: Pick<Message, 'peopleIn' | 'peopleOut' | 'level' | 'firmware'>,
  ): void {
    const random = this.#random
    const { faults } = this.settings
    const latency = Math.floor(random.between(600, 9_000))
    const delay = random.chance(faults.delayed) ? Math.floor(random.between(1, 45) * 60_000) : 0
    const wrong = random.chance(faults.impossible) ? impossible(values, random) : values
    const again = random.chance(faults.duplicates) ? Math.floor(random.between(1_000, 120_000)) : 0
    const spread = Math.floor(random.between(0, 600_000))
    if (isDuring(fault, 'silent', at)) return
    const line = this.#offline.get(room.siteId)
    const held = line !== undefined && sentAt >= line.from && sentAt < line.to
    const receivedAt = held ? line.to + spread : sentAt + latency + delay
    const readAt = at + device.skewMs
    const batteryMv = 3600 - Math.floor((at - device.installedAt) / DAY / 2)
    const message: Message = { deviceId: device.deviceId, readAt, receivedAt, batteryMv, ...wrong }
    this.outbox.add(message)
    if (again > 0) this.outbox.add({ ...message, receivedAt: receivedAt + again })
  }
}

type Values = Pick<Message, 'peopleIn' | 'peopleOut' | 'level' | 'firmware'>

function impossible(values: Values, random: Random): Values {
  if (values.level === null) return { ...values, peopleIn: random.pick([-1, -32_768, 65_535]) }
  return { ...values, level: random.pick([Number.NaN, -40, 65_535]) }
}
