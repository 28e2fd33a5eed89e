import { describe, expect, it } from 'vitest'
import type { Message } from '../../../examples/washrooms/fleet/message.js'
import { HOUR, NO_FAULTS } from '../../../examples/washrooms/fleet/settings.js'
import { TruthKeeper } from '../../../examples/washrooms/fleet/truth.js'
import { liveThrough, smallFleet } from './harness.js'

const keeper = new TruthKeeper()
const { world, messages } = liveThrough(smallFleet(), keeper)
const kinds = new Map(world.park.devices.map((device) => [device.deviceId, device.kind]))
const share = (test: (message: Message) => boolean) => messages.filter(test).length / messages.length
const firsts = () => {
  const seen = new Set<string>()
  return messages.filter(({ deviceId, readAt }) => {
    const key = `${deviceId} ${readAt}`
    return !seen.has(key) && seen.add(key)
  })
}

describe('the fleet', () => {
  it('gives the same messages for the same seed, and others for another', () => {
    const text = (days: number, seed: number) =>
      JSON.stringify(liveThrough(smallFleet({ days, seed })).messages)
    const first = text(2, 11)
    expect(text(2, 11) === first).toBe(true)
    expect(text(2, 12) === first).toBe(false)
  })

  it('sends about what its devices should: a count every five minutes, a level every half hour', () => {
    const counts = messages.filter(({ level }) => level === null).length
    expect(counts / (27 * 288 * 10)).toBeGreaterThan(0.95)
    expect((messages.length - counts) / (81 * 48 * 10)).toBeGreaterThan(0.95)
  })

  it('numbers messages in the order they were received', () => {
    const disorder = messages.filter(
      ({ receivedAt }, index) => index > 0 && receivedAt < messages[index - 1]!.receivedAt,
    )
    expect(disorder).toEqual([])
  })

  it('sends some messages twice, with the time of the first', () => {
    expect(1 - firsts().length / messages.length).toBeCloseTo(0.004, 3)
  })

  it('sends impossible values at their rate', () => {
    const wrong = share(({ peopleIn, level }) =>
      peopleIn === null ? !(level! >= 0 && level! < 2000) : peopleIn < 0 || peopleIn > 500,
    )
    expect(wrong).toBeGreaterThan(0.0006)
    expect(wrong).toBeLessThan(0.0014)
  })

  it('delivers some hours late, and out of order', () => {
    const late = share(
      ({ deviceId, readAt, receivedAt }) => receivedAt - readAt > 2 * HOUR && kinds.has(deviceId),
    )
    expect(late).toBeGreaterThan(0.002)
    let latest = 0
    let older = 0
    for (const { readAt } of messages) {
      if (readAt < latest - 600_000) older++
      latest = Math.max(latest, readAt)
    }
    expect(older / messages.length).toBeGreaterThan(0.01)
  })

  it('has clocks that run ahead, which shows in messages that arrive before they were measured', () => {
    const ahead = new Set(
      messages.filter(({ readAt, receivedAt }) => readAt > receivedAt).map(({ deviceId }) => deviceId),
    )
    const skewed = world.park.devices
      .filter(({ skewMs }) => skewMs > 10 * 60_000)
      .map(({ deviceId }) => deviceId)
    expect(skewed.length).toBeGreaterThan(0)
    for (const deviceId of skewed) expect(ahead).toContain(deviceId)
  })

  it('has stuck, silent and drifting devices, and a firmware that changes the unit', () => {
    const { faultsTable } = keeper
    const names = new Set(faultsTable.fault)
    expect(names.size).toBeGreaterThanOrEqual(5)
    expect(messages.some(({ firmware, level }) => firmware.startsWith('3.') && level! > 200)).toBe(true)
  })

  it('keeps quiet where nothing may fail', () => {
    const quiet = liveThrough(smallFleet({ faults: NO_FAULTS, days: 2 }))
    const sent = new Set(quiet.messages.map(({ deviceId, readAt }) => `${deviceId} ${readAt}`))
    expect(sent.size).toBe(quiet.messages.length)
    expect(quiet.messages.every(({ peopleIn, level }) => (peopleIn ?? level)! >= 0)).toBe(true)
  })

  it('closes at night and on holidays', () => {
    const { visitsTable } = keeper
    const perHour = new Map<number, number>()
    visitsTable.hour.forEach((hour, index) => {
      const local = new Date(hour + HOUR).getUTCHours()
      perHour.set(local, (perHour.get(local) ?? 0) + visitsTable.visits[index]!)
    })
    expect(perHour.get(2)!).toBeLessThan(perHour.get(13)! / 20)
  })

  it('refills what is low', () => {
    const { refillsTable } = keeper
    expect(refillsTable.after.length).toBeGreaterThan(100)
    expect(Math.min(...refillsTable.after)).toBeGreaterThanOrEqual(95)
  })
})
