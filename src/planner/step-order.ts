import type { Asset, AssetName } from '../domain/asset.js'
import { dependencyOrder, type Graph } from '../graph/order.js'
import { descendants } from '../graph/reach.js'

/**
 * Which assets come before which: inputs always, and what an asset's checks look at unless that asset is itself
 * built from this one; such a check is judged on the rows released before. The order of the result is one in
 * which the steps can run.
 */
export function stepOrder(assets: readonly Asset[]): Graph {
  const graph = new Map<AssetName, readonly AssetName[]>(assets.map(({ name, inputs }) => [name, inputs]))
  for (const { name, checkReads } of assets) {
    for (const read of checkReads) {
      if (!graph.has(read) || read === name || descendants(graph, [name]).has(read)) continue
      graph.set(name, [...(graph.get(name) ?? []), read])
    }
  }
  return new Map(dependencyOrder(graph).map((name) => [name, graph.get(name) ?? []]))
}
