import { describe, expect, it } from 'vitest'
import { filterFill, type LevelReading } from '../../../examples/washrooms/algorithms/fill-filter.js'
import { visitsByWashroom } from '../../../examples/washrooms/algorithms/visit-forecast.js'
import { Random } from '../../../examples/washrooms/fleet/random.js'

const STEP = 1_800_000
const TEN_VISITS = () => ({ visits: 10, sure: true })
const SETTINGS = { fullPercent: 97.5 }

/** A dispenser that loses half a percent a step, refilled to 97.5 at some steps, measured with noise. */
function readings(options: {
  steps: number
  refills?: number[]
  drift?: (step: number) => number
  seed?: number
}) {
  const random = new Random(options.seed ?? 3).at(0, 0, 0)
  let truth = 90
  const levels: number[] = []
  const sent: LevelReading[] = []
  for (let step = 0; step < options.steps; step++) {
    truth = options.refills?.includes(step) ? 97.5 : Math.max(0, truth - 0.5)
    levels.push(truth)
    const level = Math.max(0, Math.round(truth + (options.drift?.(step) ?? 0) + random.normal()))
    sent.push({ readAt: step * STEP, level, sent: level })
  }
  return { levels, sent }
}
const meanError = (levels: number[], estimates: readonly { level: number }[]) =>
  levels.reduce((sum, level, index) => sum + Math.abs(level - estimates[index]!.level), 0) / levels.length

describe('the fill filter', () => {
  it('follows a level more closely than the sensor does', () => {
    const { levels, sent } = readings({ steps: 160 })
    const estimates = filterFill(sent, TEN_VISITS, SETTINGS)
    expect(estimates).toHaveLength(160)
    expect(meanError(levels, estimates)).toBeLessThan(0.6 * meanError(levels, sent))
    expect(estimates.at(-1)!.perVisit).toBeCloseTo(0.05, 2)
  })

  it('finds refills at the reading after them, and no others', () => {
    const refills = [70, 150, 260]
    const estimates = filterFill(readings({ steps: 300, refills }).sent, TEN_VISITS, SETTINGS)
    const found = estimates.flatMap(({ refill }, index) => (refill ? [index] : []))
    expect(found).toEqual(refills)
    expect(estimates[70]!.added).toBeGreaterThan(35)
  })

  it('takes one high reading for a hand before the sensor', () => {
    const { sent } = readings({ steps: 80 })
    const spiked = sent.map((one, index) => (index === 40 ? { ...one, level: 110, sent: 110 } : one))
    const estimates = filterFill(spiked, TEN_VISITS, SETTINGS)
    expect(estimates[40]).toMatchObject({ believed: false, refill: false })
    expect(estimates.some(({ refill }) => refill)).toBe(false)
    expect(estimates[40]!.level).toBeLessThan(75)
  })

  it('lets visits carry the level while a sensor is frozen', () => {
    const { levels, sent } = readings({ steps: 140 })
    const frozen = sent.map((one, index) => (index >= 60 ? { ...one, level: 60, sent: 60 } : one))
    const estimates = filterFill(frozen, TEN_VISITS, SETTINGS)
    expect(estimates[130]!.believed).toBe(false)
    expect(Math.abs(estimates[130]!.level - levels[130]!)).toBeLessThan(12)
  })

  it('stays at zero in an empty dispenser without unlearning what a visit takes', () => {
    const { sent } = readings({ steps: 400, refills: [380] })
    const estimates = filterFill(sent, TEN_VISITS, SETTINGS)
    expect(estimates[370]!.level).toBeLessThan(1)
    expect(estimates[380]!.refill).toBe(true)
    expect(estimates[399]!.perVisit).toBeGreaterThan(0.03)
  })

  it('takes drift off, learned at refills', () => {
    const refills = Array.from({ length: 10 }, (_, index) => 100 + index * 100)
    const { levels, sent } = readings({ steps: 1000, refills, drift: (step) => step / 60 })
    const estimates = filterFill(sent, TEN_VISITS, SETTINGS)
    expect(meanError(levels, estimates)).toBeLessThan(0.6 * meanError(levels, sent))
    expect(estimates.at(-1)!.sensorError).toBeGreaterThan(9)
  })

  it('gives nothing for a device without readings', () => {
    expect(filterFill([], TEN_VISITS, SETTINGS)).toEqual([])
  })
})

describe('visits between two instants', () => {
  const HOUR = 3_600_000
  const visits = visitsByWashroom([
    { washroomId: 1, hour: 0, visits: 60 },
    { washroomId: 1, hour: 168 * HOUR, visits: 20 },
  ])

  it('are shared out within counted hours', () => {
    expect(visits(1)(HOUR / 2, HOUR)).toEqual({ visits: 30, sure: true })
  })

  it('are guessed from the hour of the week where nothing was counted', () => {
    expect(visits(1)(336 * HOUR, 337 * HOUR)).toEqual({ visits: 40, sure: false })
  })
})
