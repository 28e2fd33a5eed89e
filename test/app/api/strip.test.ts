import { describe, expect, test } from 'vitest'
import { SLOT_MS } from '../../../src/adapters/state/history-store.js'
import { makeStrip, stripStart } from '../../../src/app/api/strip.js'
import { MINUTE, NOW, standing } from './standing.js'

const start = stripStart(NOW + MINUTE)
const slot = (asset: string, at: number, status: 'held' | 'released' = 'released') => ({
  asset,
  at,
  status,
  run: 3,
  steps: 2,
})

describe('the strip of the last day', () => {
  test('the last cell holds this moment and the first is a day before', () => {
    const strip = makeStrip([standing('a.one')], [], new Map(), NOW + MINUTE)
    expect(strip).toMatchObject({ slots: 96, slotMs: SLOT_MS, start, more: 0 })
    expect(strip.start + 95 * SLOT_MS).toBe(NOW)
  })

  test('a cell shows what its slot held, and nothing where nothing ran', () => {
    const slots = [slot('a.one', start), slot('a.one', start + 2 * SLOT_MS, 'held')]
    const [row] = makeStrip([standing('a.one')], slots, new Map(), NOW + MINUTE).rows
    expect(row?.cells.slice(0, 4)).toEqual([
      { status: 'released', run: 3, steps: 2 },
      null,
      { status: 'held', run: 3, steps: 2 },
      null,
    ])
  })

  test('what is late shows it from the missed tick on', () => {
    const late = standing('a.one', { health: 'late', lateSince: NOW - 20 * MINUTE })
    const [row] = makeStrip([late], [], new Map(), NOW + MINUTE).rows
    expect(row?.cells.slice(-4)).toEqual([
      null,
      { status: 'late', run: 7, steps: 0 },
      { status: 'late', run: 7, steps: 0 },
      { status: 'late', run: 7, steps: 0 },
    ])
  })

  test('what is being built shows it in the cell of now', () => {
    const [row] = makeStrip(
      [standing('a.one')],
      [slot('a.one', NOW)],
      new Map([['a.one', 9]]),
      NOW + MINUTE,
    ).rows
    expect(row?.cells.at(-1)).toEqual({ status: 'running', run: 9, steps: 3 })
  })

  test('trouble comes first, then names; beyond forty rows are counted', () => {
    const many = Array.from({ length: 50 }, (_, at) => standing(`b.n${String(at).padStart(2, '0')}`))
    const strip = makeStrip(
      [...many, standing('z.late', { health: 'late' }), standing('z.bad', { health: 'failed' })],
      [],
      new Map(),
      NOW,
    )
    expect(strip.rows.slice(0, 3).map(({ asset }) => asset)).toEqual(['z.bad', 'z.late', 'b.n00'])
    expect([strip.rows.length, strip.more]).toEqual([40, 12])
  })
})
