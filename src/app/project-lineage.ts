import type { Asset, AssetName } from '../domain/asset.js'
import { deliveryId } from '../domain/asset.js'
import type { Project } from '../domain/project.js'
import { readersOf } from '../graph/order.js'
import { within } from '../graph/reach.js'
import { type LineageColumn, lineageColumns } from './lineage-columns.js'
import { assetNamed, graphOf } from './select.js'
import type { Services } from './services.js'
import type { Session } from './session.js'

export type LineageNode = Readonly<{
  asset: AssetName
  kind: 'source' | 'sql' | 'typescript'
  inputs: readonly AssetName[]
  readers: readonly AssetName[]
  deliveries: readonly string[]
  /** Where a source's rows come from. */
  upstream: string | null
  /** Of what is around one asset; empty for the whole project, where nobody could draw them. */
  columns: readonly LineageColumn[]
}>

export type Lineage = Readonly<{ focus: AssetName | null; nodes: readonly LineageNode[] }>

/**
 * Who reads whom: of the whole project, or of what is above and below one asset, `depth` hops each way. A node names
 * all it reads and all its readers, those that are not shown too. @throws ASSET_UNKNOWN
 */
export async function projectLineage(
  { loaded: { project }, services }: Session,
  { focus, depth }: Readonly<{ focus: string | null; depth: number | null }>,
): Promise<Lineage> {
  const graph = graphOf(project)
  const readers = readersOf(graph)
  const name = focus === null ? null : assetNamed(project, focus).name
  const shown =
    name === null
      ? null
      : new Set([
          name,
          ...within(graph, name, depth ?? Number.POSITIVE_INFINITY),
          ...within(readers, name, depth ?? Number.POSITIVE_INFINITY),
        ])
  const assets = project.assets.filter((asset) => !shown || shown.has(asset.name))
  const columnsOf = name === null ? () => [] : await columnsAround(project, assets, services)
  return {
    focus: name,
    nodes: assets.map((asset) => ({
      asset: asset.name,
      kind: asset.body.kind,
      inputs: asset.inputs,
      readers: readers.get(asset.name) ?? [],
      deliveries: asset.deliver.map((delivery) => deliveryId(asset.name, delivery)),
      upstream: asset.body.kind === 'source' ? upstreamOf(asset.body.source) : null,
      columns: columnsOf(asset),
    })),
  }
}

/** Columns of `assets`, and of what they read, which their own are made of. */
async function columnsAround(project: Project, assets: readonly Asset[], services: Services) {
  const names = new Set(assets.flatMap(({ name, inputs }) => [name, ...inputs]))
  const store = await services.store()
  return lineageColumns(project, await store.assetStates([...names]))
}

export function upstreamOf(source: { connection: string } & ({ table: string } | { path: string })): string {
  return `${source.connection}:${'table' in source ? source.table : source.path}`
}
