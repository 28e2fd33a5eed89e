import { describe, expect, test } from 'vitest'
import {
  firstCell,
  gathered,
  nextCell,
  slotsPerCell,
  stripHours,
} from '../../../console/src/words/strip-layout.js'
import type { Strip, StripCell } from '../../../src/app/api/shapes.js'

const QUARTER = 900_000
const LETTERS: Readonly<Record<string, StripCell['status']>> = {
  r: 'released',
  u: 'unchanged',
  h: 'held',
  f: 'failed',
}

/** `r.h`: released, nothing, held. */
const strip = (...rows: string[]): Strip => ({
  start: 0,
  slotMs: QUARTER,
  slots: rows[0]!.length,
  more: 0,
  rows: rows.map((cells, row) => ({
    asset: `a.${row}`,
    cells: [...cells].map((letter, run) =>
      LETTERS[letter] ? { status: LETTERS[letter], run: run + 1, steps: 1 } : null,
    ),
  })),
})

const drawn = (found: Strip): string[] =>
  found.rows.map(({ cells }) => cells.map((cell) => cell?.status[0] ?? '.').join(''))

describe('the strip', () => {
  test('puts slots together until a cell can be hit', () => {
    expect(slotsPerCell(96, 960, 9)).toBe(1)
    expect(slotsPerCell(96, 350, 9)).toBe(3)
    expect(slotsPerCell(96, 0, 9)).toBe(12)
  })

  test('shows the worst of what stands together, counted from the newest', () => {
    const found = gathered(strip('rrhur', '....f'), 2)
    expect(drawn(found)).toEqual(['rhr', '..f'])
    expect(found).toMatchObject({ slots: 3, slotMs: 2 * QUARTER, start: -QUARTER })
    expect(found.rows[0]!.cells[1]).toEqual({ status: 'held', run: 3, steps: 2 })
  })

  test('is walked with the arrows over what is empty', () => {
    const found = strip('r..h.', '.....', '.f..r')
    expect(nextCell(found, { row: 0, slot: 0 }, 'ArrowRight')).toEqual({ row: 0, slot: 3 })
    expect(nextCell(found, { row: 0, slot: 3 }, 'ArrowRight')).toBeNull()
    expect(nextCell(found, { row: 0, slot: 0 }, 'ArrowDown')).toEqual({ row: 2, slot: 1 })
    expect(nextCell(found, { row: 2, slot: 4 }, 'ArrowUp')).toEqual({ row: 0, slot: 3 })
    expect(nextCell(found, { row: 2, slot: 4 }, 'Home')).toEqual({ row: 2, slot: 1 })
    expect(nextCell(found, { row: 2, slot: 1 }, 'End')).toEqual({ row: 2, slot: 4 })
    expect(nextCell(found, { row: 2, slot: 1 }, 'x')).toBeNull()
  })

  test('is entered at the newest cell of its first row', () => {
    expect(firstCell(strip('.....', 'r.r..'))).toEqual({ row: 1, slot: 2 })
    expect(firstCell(strip('...'))).toBeNull()
  })

  test('writes full hours that have room', () => {
    const day = { ...strip('r'), start: QUARTER, slots: 96 }
    const hours = stripHours(day, 960)
    expect(hours.map(({ at }) => at / 3_600_000)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22])
    expect(hours[0]!.place).toBeCloseTo((2 * 3_600_000 - QUARTER) / (96 * QUARTER))
    expect(stripHours(day, 340).map(({ at }) => at / 3_600_000)).toEqual([6, 12, 18])
  })
})
