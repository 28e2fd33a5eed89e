import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dependencyOrder, layers, readersOf } from '../../src/graph/order.js'
import { acyclicGraph } from './random-graph.js'

describe('dependency order', () => {
  it('puts every node after what it reads, and leaves none out', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const order = dependencyOrder(graph)
        expect(order.toSorted()).toEqual([...graph.keys()].toSorted())
        const position = new Map(order.map((node, index) => [node, index]))
        for (const [node, inputs] of graph)
          for (const input of inputs)
            if (graph.has(input)) expect(position.get(input)!).toBeLessThan(position.get(node)!)
      }),
    )
  })

  it('puts a node into the layer after the last one it reads', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const all = layers(graph)
        const depth = new Map(all.flatMap((layer, index) => layer.map((node) => [node, index])))
        for (const [node, inputs] of graph) {
          const below = inputs.filter((input) => graph.has(input)).map((input) => depth.get(input)!)
          expect(depth.get(node)).toBe(Math.max(-1, ...below) + 1)
        }
      }),
    )
  })

  it('keeps the order of nodes that do not read each other', () => {
    expect(
      dependencyOrder(
        new Map([
          ['c', []],
          ['a', []],
          ['b', ['d']],
          ['d', []],
        ]),
      ),
    ).toEqual(['c', 'a', 'd', 'b'])
  })

  it('leaves out a cycle and what reads it, and ignores unknown and repeated inputs', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['a']],
      ['c', ['b']],
      ['d', ['x', 'e', 'e']],
      ['e', []],
    ])
    expect(dependencyOrder(graph)).toEqual(['e', 'd'])
  })

  it('orders a chain of ten thousand', () => {
    const chain = new Map(
      Array.from({ length: 10_000 }, (_, index) => [`n${index}`, index ? [`n${index - 1}`] : []]),
    )
    expect(dependencyOrder(chain)).toEqual([...chain.keys()])
  })

  it('turns a graph round', () => {
    expect(
      readersOf(
        new Map([
          ['a', []],
          ['b', ['a', 'a', 'x']],
        ]),
      ),
    ).toEqual(
      new Map([
        ['a', ['b']],
        ['b', []],
      ]),
    )
  })
})
