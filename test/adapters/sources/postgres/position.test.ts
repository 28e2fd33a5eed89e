import { describe, expect, it } from 'vitest'
import {
  advance,
  type CursorPosition,
  isSettled,
  parsePosition,
} from '../../../../src/adapters/sources/postgres/position.js'

const sighting = (largest: string | null, running: string[] = [], prepared: string[] = []) => ({
  largest,
  running,
  prepared,
})
const from = (safe: string | null, ...pending: [string, string[]][]): CursorPosition => ({
  safe,
  pending: pending.map(([cursor, running]) => ({ cursor, running })),
})

describe('how far a table is read', () => {
  it('with nobody running, the largest cursor is safe at once', () => {
    expect(advance(from(null), sighting('10'))).toEqual(from('10'))
    expect(advance(from('10', ['12', ['3/4']]), sighting('15'))).toEqual(from('15'))
  })

  it('with somebody running, it becomes a mark that turns safe when they have ended', () => {
    const marked = advance(from('10'), sighting('15', ['3/4']))
    expect(marked).toEqual(from('10', ['15', ['3/4']]))
    expect(advance(marked, sighting('20', ['3/4', '5/6']))).toEqual(
      from('10', ['15', ['3/4']], ['20', ['3/4', '5/6']]),
    )
    expect(advance(marked, sighting('20', ['5/6']))).toEqual(from('15', ['20', ['5/6']]))
  })

  it('a later mark that is over covers an earlier one', () => {
    const marked = from('10', ['15', ['3/4']], ['20', ['5/6']])
    expect(advance(marked, sighting('20', ['3/4']))).toEqual(from('20'))
  })

  it('a prepared transaction holds all marks back: it may be any of those that ran', () => {
    expect(advance(from('10', ['15', ['3/4']]), sighting('15', [], ['prepared:x']))).toEqual(
      from('10', ['15', ['3/4']]),
    )
  })

  it('the same largest cursor makes no second mark, so a quiet table keeps its position', () => {
    const marked = from('10', ['15', ['3/4']])
    expect(advance(marked, sighting('15', ['3/4', '7/8']))).toEqual(marked)
    expect(advance(from('15'), sighting('15', ['7/8']))).toEqual(from('15'))
  })

  it('never keeps more than sixteen marks', () => {
    let position = from('0')
    for (let load = 1; load < 100; load++) position = advance(position, sighting(String(load), ['3/4']))
    expect(position.pending).toHaveLength(16)
    expect(position.pending.at(-1)?.cursor).toBe('99')
    expect(position.pending[0]?.cursor).toBe('1')
  })

  it('is settled only without marks and at the largest cursor', () => {
    expect(isSettled(from('10'), sighting('10', ['3/4']))).toBe(true)
    expect(isSettled(from('10'), sighting('11'))).toBe(false)
    expect(isSettled(from('10', ['11', ['3/4']]), sighting('11'))).toBe(false)
  })
})

describe('a kept position', () => {
  it('is read back as it was written', () => {
    const position = {
      columns: [{ name: 'id', type: 'BIGINT' }],
      cursor: { column: 'id', ...from('1', ['2', ['3/4']]) },
    }
    expect(parsePosition(JSON.parse(JSON.stringify(position)), 'id')).toEqual(position)
  })

  it('of another cursor, or no position at all, means from the beginning', () => {
    const position = { columns: [], cursor: { column: 'id', safe: '1', pending: [] } }
    expect(parsePosition(position, 'updated_at')).toBeNull()
    for (const json of [null, 1, [], {}, { columns: [] }]) expect(parsePosition(json, 'id')).toBeNull()
  })
})
