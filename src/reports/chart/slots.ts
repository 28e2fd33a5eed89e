import { DateTime } from 'luxon'
import type { Json } from '../../base/json.js'
import type { Period } from '../../domain/report.js'
import { timeOf, type Writer } from '../render/write-value.js'
import { isTemporal } from '../value-format.js'

/**
 * The places along a chart's axis, one after the other. Times that no row has get a place too, so that a gap in the
 * data is a gap in the picture.
 */
export type Slots = Readonly<{
  kind: 'times' | 'names'
  /** In words, for the table and the description. */
  names: readonly string[]
  /** What stands at the axis; empty where that would be too much. */
  labels: readonly string[]
  /** Place of each row; null for a row without one. */
  rows: readonly (number | null)[]
}>

export type SlotContext = Readonly<{ period: Period; writer: Writer }>

export function slotsOf(values: readonly Json[], type: string, context: SlotContext): Slots {
  const times = isTemporal(type) ? timesOf(values, type, context) : null
  return times ?? namesOf(values, type, context.writer)
}

function namesOf(values: readonly Json[], type: string, writer: Writer): Slots {
  const names: string[] = []
  const rows = values.map((value) => {
    const name = writer.value(value, type, null)
    const found = names.indexOf(name)
    return found >= 0 ? found : names.push(name) - 1
  })
  return { kind: 'names', names, labels: names, rows }
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY
const MOST_SLOTS = 2_000

/**
 * Steps of less than a day are steps of time; days and longer are steps of the calendar, counted on wall time, which
 * has no short and long days.
 */
type Steps = Readonly<{ step: number | 'month'; zone: string }>

function timesOf(values: readonly Json[], type: string, { period, writer }: SlotContext): Slots | null {
  const times = values.map((value) => timeOf(value, type))
  const instants = times.flatMap((time) => (time === null ? [] : [time.at]))
  if (instants.length === 0) return null
  const isWall = type !== 'TIMESTAMP WITH TIME ZONE'
  const daily = instants.every((at) => isWall || isMidnight(at, writer.timezone))
  const wall = (at: number) => (isWall || !daily ? at : wallTime(at, writer.timezone))
  const zone = isWall || daily ? 'UTC' : writer.timezone
  const points = instants.map(wall)
  const bounds = [period.start, period.end].map((at) =>
    isWall || daily ? wallTime(at, writer.timezone) : at,
  ) as [number, number]
  const steps = { step: stepOf(points), zone }
  const slots = fill(points, steps, bounds)
  const place = new Map(slots.map((at, index) => [at, index]))
  return {
    kind: 'times',
    names: slots.map((at) => slotName(at, steps, spanOf(slots), writer)),
    labels: thin(slots, steps, writer),
    rows: times.map((time) => (time === null ? null : (place.get(wall(time.at)) ?? null))),
  }
}

const isMidnight = (at: number, zone: string): boolean => wallTime(at, zone) % DAY === 0

const wallTime = (at: number, zone: string): number => at + DateTime.fromMillis(at, { zone }).offset * 60_000

/** The longest step that leads to every point. Days are counted one by one, unless they are all weeks apart. */
function stepOf(points: readonly number[]): number | 'month' {
  const sorted = [...new Set(points)].sort((a, b) => a - b)
  const isMonthly = sorted.every((at) => new Date(at).getUTCDate() === 1 && at % DAY === 0)
  if (sorted.length > 1 && isMonthly) return 'month'
  const step = sorted.slice(1).reduce((known, at) => divisor(known, at - (sorted[0] ?? 0)), 0)
  if (step === 0) return DAY
  if (step % DAY !== 0) return step
  return step % WEEK === 0 && sorted.length > 2 ? WEEK : DAY
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** All places from the first to the last point, and to the period's ends where the points lie in it. */
function fill(points: readonly number[], { step }: Steps, [start, end]: readonly [number, number]): number[] {
  const sorted = [...new Set(points)].sort((a, b) => a - b)
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)]
  const inside = first >= start && last < end
  const regular = step === 'month' || sorted.every((at) => (at - first) % step === 0)
  if (!regular) return sorted
  const from = inside && step !== 'month' ? first - Math.floor((first - start) / step) * step : first
  const slots: number[] = []
  for (let at = from; inside ? at < end : at <= last; at = next(at, step)) {
    if (slots.length === MOST_SLOTS) return sorted
    slots.push(at)
  }
  return slots
}

function next(at: number, step: number | 'month'): number {
  if (step !== 'month') return at + step
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

const spanOf = (slots: readonly number[]): number => (slots.at(-1) ?? 0) - (slots[0] ?? 0)

/** A day and month of which year, where there is more than one. */
const LONGEST_WITHOUT_YEAR = 360 * DAY

function slotName(at: number, { step, zone }: Steps, span: number, writer: Writer): string {
  if (step === 'month') return writer.parts(at, { month: 'long', year: 'numeric' }, zone)
  const day: Intl.DateTimeFormatOptions = {
    ...{ weekday: 'short', day: 'numeric', month: 'short' },
    ...(span > LONGEST_WITHOUT_YEAR && { year: 'numeric' }),
  }
  return writer.parts(at, step < DAY ? { ...day, ...CLOCK } : day, zone)
}

const MOST_LABELS = 8

/** Labels at places that can be read: beginnings of days where there are hours, every few where there are many. */
function thin(slots: readonly number[], steps: Steps, writer: Writer): string[] {
  const { step, zone } = steps
  const span = spanOf(slots)
  const isDayStart = (at: number) => writer.parts(at, CLOCK, zone) === '00:00'
  const manyDays = step !== 'month' && step < DAY && span > 1.5 * DAY
  const candidates = slots.filter((at) => !manyDays || isDayStart(at))
  const every = Math.ceil(candidates.length / MOST_LABELS)
  const labelled = new Set(candidates.filter((_, index) => index % every === 0))
  return slots.map((at) => (labelled.has(at) ? label(at, { step, zone }, manyDays, span, writer) : ''))
}

function label(at: number, { step, zone }: Steps, manyDays: boolean, span: number, writer: Writer): string {
  if (span > LONGEST_WITHOUT_YEAR) return writer.parts(at, { month: 'short', year: 'numeric' }, zone)
  if (step === 'month') return writer.parts(at, { month: 'short' }, zone)
  if (step < DAY && !manyDays) return writer.parts(at, CLOCK, zone)
  if (span <= 8 * DAY) return writer.parts(at, { weekday: 'short', day: 'numeric' }, zone)
  return writer.parts(at, { day: 'numeric', month: 'short' }, zone)
}
