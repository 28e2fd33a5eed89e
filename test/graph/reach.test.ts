import { expect, it } from 'vitest'
import { ancestors, descendants } from '../../src/graph/reach.js'

const GRAPH = new Map([
  ['raw', []],
  ['staging', ['raw']],
  ['marts', ['staging', 'other']],
  ['other', []],
])

it('ancestors are what a node reads, through others too', () => {
  expect([...ancestors(GRAPH, ['marts'])].sort()).toEqual(['other', 'raw', 'staging'])
  expect(ancestors(GRAPH, ['raw'])).toEqual(new Set())
})

it('descendants are what reads a node, through others too', () => {
  expect([...descendants(GRAPH, ['raw'])].sort()).toEqual(['marts', 'staging'])
  expect(descendants(GRAPH, ['marts'])).toEqual(new Set())
})

it('a node on a cycle reaches itself, and an unknown one nothing', () => {
  const ring = new Map([
    ['a', ['b']],
    ['b', ['a']],
  ])
  expect([...ancestors(ring, ['a'])].sort()).toEqual(['a', 'b'])
  expect(ancestors(ring, ['x'])).toEqual(new Set())
})
