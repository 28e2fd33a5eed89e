import type { Asset, AssetName } from '../../domain/asset.js'
import { type Graph, readersOf } from '../../graph/order.js'

/**
 * The assets of a run in which `due` are due: these, and everything that reads them and follows what it reads, and so
 * on. An asset with ticks of its own, or that is built by hand only, is not built along, and what reads it waits for
 * it. In the order of `assets`.
 */
export function assetsOfTick(assets: readonly Asset[], due: Iterable<AssetName>): readonly AssetName[] {
  const graph: Graph = new Map(assets.map(({ name, inputs }) => [name, inputs]))
  const follows = new Set(
    assets.flatMap(({ name, schedule }) => (schedule.kind === 'upstream' ? [name] : [])),
  )
  const readers = readersOf(graph)
  const chosen = new Set([...due].filter((name) => graph.has(name)))
  const open = [...chosen]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const reader of readers.get(name) ?? []) {
      if (chosen.has(reader) || !follows.has(reader)) continue
      chosen.add(reader)
      open.push(reader)
    }
  }
  return assets.flatMap(({ name }) => (chosen.has(name) ? [name] : []))
}
