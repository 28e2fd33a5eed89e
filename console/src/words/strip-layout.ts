import type { Strip, StripCell } from '../../../src/app/api/shapes.js'
import { worse } from './states.js'

const FACTORS = [1, 2, 3, 4, 6, 8, 12] as const

/** How many slots stand together in one cell, so that a cell is at least `least` px wide and can be hit. */
export function slotsPerCell(slots: number, width: number, least: number): number {
  return FACTORS.find((factor) => width / Math.ceil(slots / factor) >= least) ?? FACTORS.at(-1)!
}

/** The strip with `factor` slots in each cell, counted from the end: the newest cell is always a whole one. */
export function gathered(strip: Strip, factor: number): Strip {
  if (factor === 1) return strip
  const slots = Math.ceil(strip.slots / factor)
  const missing = slots * factor - strip.slots
  return {
    ...strip,
    start: strip.start - missing * strip.slotMs,
    slotMs: strip.slotMs * factor,
    slots,
    rows: strip.rows.map(({ asset, cells }) => ({
      asset,
      cells: Array.from({ length: slots }, (_, index) => {
        const from = index * factor - missing
        return worstOf(cells.slice(Math.max(0, from), from + factor))
      }),
    })),
  }
}

function worstOf(cells: readonly (StripCell | null)[]): StripCell | null {
  return cells.reduce<StripCell | null>(
    (worst, cell) => (worst === null || cell === null ? (worst ?? cell) : worse(worst, cell)),
    null,
  )
}

export type Place = Readonly<{ row: number; slot: number }>

/**
 * The next cell that is there when an arrow key is pressed: left and right skip what is empty; up and down go to the
 * nearest in time of the next row that has any. Null at the edge.
 */
export function nextCell(strip: Strip, from: Place, key: string): Place | null {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
  if (step !== undefined) return alongRow(strip, from, step)
  const down = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (down !== undefined) return acrossRows(strip, from, down)
  const cells = strip.rows[from.row]?.cells ?? []
  if (key === 'Home') return alongRow(strip, { row: from.row, slot: -1 }, 1)
  if (key === 'End') return alongRow(strip, { row: from.row, slot: cells.length }, -1)
  return null
}

function alongRow(strip: Strip, { row, slot }: Place, step: number): Place | null {
  const cells = strip.rows[row]?.cells ?? []
  for (let at = slot + step; at >= 0 && at < cells.length; at += step) {
    if (cells[at]) return { row, slot: at }
  }
  return null
}

function acrossRows(strip: Strip, { row, slot }: Place, step: number): Place | null {
  for (let at = row + step; at >= 0 && at < strip.rows.length; at += step) {
    const there = strip.rows[at]!.cells.flatMap((cell, index) => (cell ? [index] : []))
    if (there.length === 0) continue
    const nearest = there.reduce((best, index) =>
      Math.abs(index - slot) < Math.abs(best - slot) ? index : best,
    )
    return { row: at, slot: nearest }
  }
  return null
}

const HOUR_WORDS_PX = 40

/** Moments to write below the strip: full hours, as many as fit. Each with its place from 0 to 1. */
export function stripHours(strip: Strip, width: number): readonly { at: number; place: number }[] {
  const length = strip.slots * strip.slotMs
  const hour = 3_600_000
  const every = ([1, 2, 3, 6, 12].find((hours) => (width * hours * hour) / length >= 56) ?? 24) * hour
  const first = Math.ceil(strip.start / every) * every
  const found = []
  for (let at = first; at < strip.start + length; at += every) {
    const place = (at - strip.start) / length
    if ((1 - place) * width >= HOUR_WORDS_PX) found.push({ at, place })
  }
  return found
}

/** Where the first tab lands: the newest cell of the first row that has one. */
export function firstCell(strip: Strip): Place | null {
  for (const [row, { cells }] of strip.rows.entries()) {
    for (let slot = cells.length - 1; slot >= 0; slot--) if (cells[slot]) return { row, slot }
  }
  return null
}
