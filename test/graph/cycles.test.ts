import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCycles } from '../../src/graph/cycles.js'
import { dependencyOrder } from '../../src/graph/order.js'
import { acyclicGraph, anyGraph } from './random-graph.js'

describe('cycles', () => {
  it('are found exactly where an order leaves nodes out', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(findCycles(graph).length > 0).toBe(dependencyOrder(graph).length < graph.size)
      }),
    )
  })

  it('are paths along real references, back to where they began', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const path of findCycles(graph)) {
          expect(path.length).toBeGreaterThan(1)
          expect(path[0]).toBe(path.at(-1))
          expect(new Set(path).size).toBe(path.length - 1)
          for (const [index, node] of path.slice(0, -1).entries())
            expect(graph.get(node)).toContain(path[index + 1])
        }
      }),
    )
  })

  it('are not there without cycles', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        expect(findCycles(graph)).toEqual([])
      }),
    )
  })

  it('are told once for each knot, shortest path first name first', () => {
    const graph = new Map([
      ['b', ['c']],
      ['c', ['a', 'b']],
      ['a', ['b']],
      ['self', ['self']],
      ['free', ['a']],
    ])
    expect(findCycles(graph)).toEqual([
      ['b', 'c', 'b'],
      ['self', 'self'],
    ])
  })

  it('are found in a ring of ten thousand', () => {
    const ring = new Map(
      Array.from({ length: 10_000 }, (_, index) => [`n${index}`, [`n${(index + 1) % 10_000}`]]),
    )
    expect(findCycles(ring)[0]?.length).toBe(10_001)
  })
})
