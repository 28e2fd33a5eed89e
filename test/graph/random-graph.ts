import fc from 'fast-check'
import type { Graph } from '../../src/graph/order.js'

const name = (index: number) => `n${index}`

/** Any graph, cycles and unknown inputs included. */
export const anyGraph: fc.Arbitrary<Graph> = fc
  .array(fc.array(fc.nat({ max: 14 }), { maxLength: 4 }), { maxLength: 14 })
  .map((nodes) => new Map(nodes.map((inputs, index) => [name(index), inputs.map(name)])))

/** A graph without cycles, its nodes in any order. */
export const acyclicGraph: fc.Arbitrary<Graph> = fc
  .array(fc.tuple(fc.array(fc.nat({ max: 14 }), { maxLength: 4 }), fc.nat()), { maxLength: 14 })
  .map((nodes) => {
    const entries = nodes.map(
      ([inputs], index) => [name(index), inputs.filter((input) => input < index).map(name)] as const,
    )
    return new Map(entries.toSorted(([a], [b]) => shuffleKey(nodes, a) - shuffleKey(nodes, b)))
  })

const shuffleKey = (nodes: readonly [number[], number][], node: string): number =>
  nodes[Number(node.slice(1))]?.[1] ?? 0
