import type { AssetName } from '../domain/asset.js'
import { deliveryId } from '../domain/asset.js'
import { ancestors, descendants } from '../graph/reach.js'
import { assetNamed, graphOf } from './select.js'
import type { Session } from './session.js'

export type LineageNode = Readonly<{
  asset: AssetName
  kind: 'source' | 'sql' | 'typescript'
  inputs: readonly AssetName[]
  readers: readonly AssetName[]
  deliveries: readonly string[]
  /** Where a source's rows come from. */
  upstream: string | null
}>

export type Lineage = Readonly<{ focus: AssetName | null; nodes: readonly LineageNode[] }>

/** Who reads whom: of the whole project, or of everything above and below one asset. @throws ASSET_UNKNOWN */
export function projectLineage({ loaded: { project } }: Session, focus: string | null): Lineage {
  const graph = graphOf(project)
  const name = focus === null ? null : assetNamed(project, focus).name
  const shown =
    name === null ? null : new Set([name, ...ancestors(graph, [name]), ...descendants(graph, [name])])
  const assets = project.assets.filter((asset) => !shown || shown.has(asset.name))
  return {
    focus: name,
    nodes: assets.map((asset) => ({
      asset: asset.name,
      kind: asset.body.kind,
      inputs: asset.inputs,
      readers: project.assets
        .filter(({ inputs }) => inputs.includes(asset.name))
        .map((reader) => reader.name),
      deliveries: asset.deliver.map((delivery) => deliveryId(asset.name, delivery)),
      upstream: asset.body.kind === 'source' ? upstreamOf(asset.body.source) : null,
    })),
  }
}

function upstreamOf(source: { connection: string } & ({ table: string } | { path: string })): string {
  return `${source.connection}:${'table' in source ? source.table : source.path}`
}
