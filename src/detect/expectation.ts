import { createSortedWindow, quantileOf, type SortedWindow } from './sorted-window.js'
import { coreSpread, type Spread, spreadOf } from './spread.js'

/**
 * One way to expect the next value from those before: the level of a long while, the last few values, the same hour
 * of other days, the same weekday of other weeks. Keeps what it got wrong, and so knows how far it is usually off.
 */
export interface Expectation {
  /** Null while it cannot tell. */
  expect(at: number): Expected | null
  learn(at: number, value: number): void
}

export type Expected = Readonly<{
  center: number
  spread: Spread
  /** Residuals the spread is known from. */
  known: number
}>

/** Residuals before anything is said. */
const LEAST_RESIDUALS = 10
/** Values of the same hour or weekday before they are a level, and before they have a spread of their own. */
const LEAST_IN_SLOT = 3
const LEAST_FOR_SPREAD = 8
/** Values a slot keeps. */
const SLOT_VALUES = 400

/** The median of the last `size` values; residuals are kept for `memory` values. */
export function levelExpectation(size: number, memory: number): Expectation {
  const values = createSortedWindow(size)
  const residuals = createSortedWindow(memory)
  return {
    expect: () =>
      residuals.size < LEAST_RESIDUALS
        ? null
        : { center: values.quantile(0.5), spread: spreadOf(residuals), known: residuals.size },
    learn: (_at, value) => {
      if (values.size >= LEAST_IN_SLOT) residuals.add(value - values.quantile(0.5))
      values.add(value)
    },
  }
}

/** The median of the last few values: cheaper than a sorted window of that size. */
export function recentExpectation(size: number, memory: number): Expectation {
  const last: number[] = []
  const residuals = createSortedWindow(memory)
  const center = () =>
    quantileOf(
      [...last].sort((a, b) => a - b),
      0.5,
    )
  return {
    expect: () =>
      residuals.size < LEAST_RESIDUALS
        ? null
        : { center: center(), spread: spreadOf(residuals), known: residuals.size },
    learn: (_at, value) => {
      if (last.length >= LEAST_IN_SLOT) residuals.add(value - center())
      last.push(value)
      if (last.length > size) last.shift()
    },
  }
}

/**
 * The median of the values with the same `slotOf`, once the series spans `spanMs`. A slot's own residuals make its
 * spread where there are enough: the hour in which work begins varies more than midnight does.
 */
export function seasonalExpectation(options: {
  slotOf: (at: number) => number
  spanMs: number
  memory: number
}): Expectation {
  const slots = new Map<number, { values: SortedWindow; residuals: SortedWindow }>()
  const residuals = createSortedWindow(options.memory)
  let first: number | null = null
  const slotAt = (at: number) => {
    const key = options.slotOf(at)
    const known = slots.get(key)
    if (known) return known
    const fresh = { values: createSortedWindow(SLOT_VALUES), residuals: createSortedWindow(SLOT_VALUES) }
    slots.set(key, fresh)
    return fresh
  }
  return {
    expect: (at) => {
      if (first === null || at - first < options.spanMs || residuals.size < LEAST_RESIDUALS) return null
      const slot = slotAt(at)
      if (slot.values.size < LEAST_IN_SLOT) return null
      return {
        center: slot.values.quantile(0.5),
        spread: slotSpread(slot.residuals, residuals),
        known: residuals.size,
      }
    },
    learn: (at, value) => {
      first ??= at
      const slot = slotAt(at)
      if (slot.values.size >= LEAST_IN_SLOT) {
        const residual = value - slot.values.quantile(0.5)
        slot.residuals.add(residual)
        residuals.add(residual)
      }
      slot.values.add(value)
    },
  }
}

function slotSpread(own: SortedWindow, all: SortedWindow): Spread {
  if (own.size < LEAST_FOR_SPREAD) return spreadOf(all)
  const { below, above } = spreadOf(own)
  const least = coreSpread(all)
  return { below: Math.max(below, least), above: Math.max(above, least) }
}
