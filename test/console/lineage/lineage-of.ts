import { type Graph, graphOf } from '../../../console/src/lineage/neighbourhood.js'

/** A graph from what each asset reads. */
export function lineageOf(inputs: Readonly<Record<string, readonly string[]>>): Graph {
  return graphOf(
    Object.entries(inputs).map(([asset, reads]) => ({
      asset,
      kind: reads.length === 0 ? ('source' as const) : ('sql' as const),
      inputs: reads,
      readers: Object.keys(inputs).filter((other) => inputs[other]!.includes(asset)),
      deliveries: [],
      upstream: null,
      columns: [],
    })),
  )
}
