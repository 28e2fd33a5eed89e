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

/**
 * `chosen` and what it needs besides: inputs that were never released, and theirs. Without them the first tick of an
 * asset would come to nothing. In the order of `assets`.
 */
export function withNeverReleased(
  assets: readonly Asset[],
  chosen: readonly AssetName[],
  isReleased: (asset: AssetName) => boolean,
): readonly AssetName[] {
  const inputs = new Map(assets.map((asset) => [asset.name, [...asset.inputs, ...asset.checkReads]]))
  const wanted = new Set(chosen)
  const open = [...chosen]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const input of inputs.get(name) ?? []) {
      if (wanted.has(input) || isReleased(input)) continue
      wanted.add(input)
      open.push(input)
    }
  }
  return assets.flatMap(({ name }) => (wanted.has(name) ? [name] : []))
}
