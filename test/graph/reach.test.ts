import { expect, it } from 'vitest'
import { ancestors, descendants, within } from '../../src/graph/reach.js'

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

it('within so many hops are the nearest, each at its shortest way, never the node itself', () => {
  const graph = new Map([...GRAPH, ['app', ['marts', 'raw']]])
  expect([...within(graph, 'app', 0)]).toEqual([])
  expect([...within(graph, 'app', 1)].sort()).toEqual(['marts', 'raw'])
  expect([...within(graph, 'app', 2)].sort()).toEqual(['marts', 'other', 'raw', 'staging'])
  expect(within(graph, 'app', Number.POSITIVE_INFINITY)).toEqual(ancestors(graph, ['app']))
  const ring = new Map([
    ['a', ['b']],
    ['b', ['a']],
  ])
  expect([...within(ring, 'a', 9)]).toEqual(['b'])
})
