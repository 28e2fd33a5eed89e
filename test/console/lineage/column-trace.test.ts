import { describe, expect, it } from 'vitest'
import { columnTrace, originWords } from '../../../console/src/lineage/column-trace.js'
import { graphOf } from '../../../console/src/lineage/neighbourhood.js'
import type { LineageColumn } from '../../../src/app/lineage-columns.js'

const column = (name: string, kind: LineageColumn['kind'], ...from: readonly string[]): LineageColumn => ({
  column: name,
  type: null,
  kind,
  from: from.map((text) => {
    const dot = text.lastIndexOf('.')
    return { asset: text.slice(0, dot), column: text.slice(dot + 1) }
  }),
})
const node = (
  asset: string,
  inputs: readonly string[],
  readers: readonly string[],
  columns: readonly LineageColumn[],
) => ({
  asset,
  kind: 'sql' as const,
  inputs,
  readers,
  deliveries: [],
  upstream: null,
  columns,
})

const GRAPH = graphOf([
  node('r.in', [], ['s.a', 's.b'], [column('n', 'source'), column('other', 'source')]),
  node('s.a', ['r.in'], ['m.out'], [column('n', 'same', 'r.in.n'), column('o', 'same', 'r.in.other')]),
  node('s.b', ['r.in'], ['m.out'], [column('half', 'computed', 'r.in.n')]),
  node('m.out', ['s.a', 's.b'], ['m.code'], [column('sum', 'computed', 's.a.n', 's.b.half')]),
  node('m.code', ['m.out'], [], [column('x', 'unknown', 'm.out.sum')]),
])

describe('a followed column', () => {
  it('leads up to where it comes from, on every way', () => {
    const trace = columnTrace(GRAPH, 'm.out', 'sum')
    expect(Object.fromEntries(trace.hops)).toEqual({
      'm.out': 0,
      's.a': -1,
      's.b': -1,
      'r.in': -2,
      'm.code': 1,
    })
    expect(trace.columns.get('r.in')?.map((one) => one.column)).toEqual(['n'])
    expect([...trace.edges].sort()).toEqual([
      'm.out→m.code',
      'r.in→s.a',
      'r.in→s.b',
      's.a→m.out',
      's.b→m.out',
    ])
  })
  it('leads down to all that is made of it, and to nothing else', () => {
    const trace = columnTrace(GRAPH, 'r.in', 'other')
    expect(Object.fromEntries(trace.hops)).toEqual({ 'r.in': 0, 's.a': 1 })
    expect(trace.columns.get('s.a')?.map((one) => one.column)).toEqual(['o'])
  })
  it('tells when code hides the way', () => {
    expect(columnTrace(GRAPH, 'r.in', 'n').uncertain).toBe(true)
    expect(columnTrace(GRAPH, 'r.in', 'other').uncertain).toBe(false)
  })
  it('says in words what a column is made of', () => {
    expect(originWords(column('n', 'same', 'r.in.n'))).toBe('the same as n of r.in')
    expect(originWords(column('n', 'computed', 'a.b.x', 'a.b.y'))).toBe('computed from x of a.b and y of a.b')
    expect(originWords(column('n', 'computed'))).toBe('computed from no column')
    expect(originWords(column('n', 'source'))).toBe('comes from outside')
    expect(originWords(column('n', 'unknown'))).toBe('made by code, which does not tell from what')
  })
})
