import { describe, expect, it } from 'vitest'
import { hopLists } from '../../../console/src/lineage/hop-lists.js'
import { hiddenBeyond, neighbourhood } from '../../../console/src/lineage/neighbourhood.js'
import { lineageOf } from './lineage-of.js'

// a → b → c → d → e, and x → c
const CHAIN = lineageOf({
  'r.a': [],
  'r.b': ['r.a'],
  'r.x': [],
  'r.c': ['r.b', 'r.x'],
  'r.d': ['r.c'],
  'r.e': ['r.d'],
})

describe('the neighbourhood of an asset', () => {
  it('reaches so many hops up and down', () => {
    expect(Object.fromEntries(neighbourhood(CHAIN, 'r.c', 1, new Set()))).toEqual({
      'r.c': 0,
      'r.b': -1,
      'r.x': -1,
      'r.d': 1,
    })
  })
  it('says how many are hidden beyond its edge, and opens them one by one', () => {
    const near = neighbourhood(CHAIN, 'r.c', 1, new Set())
    expect(hiddenBeyond(CHAIN, 'r.b', -1, near)).toBe(1)
    const wider = neighbourhood(CHAIN, 'r.c', 1, new Set(['r.b']))
    expect(wider.get('r.a')).toBe(-2)
    expect(wider.has('r.e')).toBe(false)
    expect(hiddenBeyond(CHAIN, 'r.b', -1, wider)).toBe(0)
  })
  it('keeps the shortest way to an asset reached on two ways', () => {
    const diamond = lineageOf({ 'm.a': [], 'm.b': ['m.a'], 'm.c': ['m.a', 'm.b'] })
    expect(neighbourhood(diamond, 'm.c', 9, new Set()).get('m.a')).toBe(-1)
  })
  it('knows an asset nobody reads', () => {
    expect([...neighbourhood(lineageOf({ 'a.b': [] }), 'a.b', 2, new Set())]).toEqual([['a.b', 0]])
  })
  it('is listed from the furthest upstream to the furthest reader', () => {
    expect(
      hopLists(neighbourhood(CHAIN, 'r.c', 2, new Set())).map(({ hops, assets }) => [hops, assets]),
    ).toEqual([
      [-2, ['r.a']],
      [-1, ['r.b', 'r.x']],
      [0, ['r.c']],
      [1, ['r.d']],
      [2, ['r.e']],
    ])
  })
})
