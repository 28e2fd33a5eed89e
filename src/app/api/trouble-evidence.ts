import type { MillraceError } from '../../base/errors.js'
import type { Alert } from '../../domain/alert.js'
import type { AssetName } from '../../domain/asset.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { StepRecord } from '../../domain/run.js'
import { type Graph, readersOf } from '../../graph/order.js'
import { ancestors, descendants, within } from '../../graph/reach.js'
import type { Moments } from './readers-see.js'
import type { AssetStanding } from './standings.js'

/** What troubles are found in. */
export type TroubleEvidence = Readonly<{
  standings: readonly AssetStanding[]
  /** Full records of the latest steps that were held or failed. */
  steps: ReadonlyMap<AssetName, StepRecord & { run: number }>
  reach: Reach
  deliveries: readonly DeliveryRecord[]
  /** Open root alerts. */
  alerts: readonly Alert[]
  broken: MillraceError | null
  moments: Moments
}>

/** Who is above and below whom, worked out once for all assets: a server that was away leaves a thousand late. */
export type Reach = Readonly<{
  below(asset: AssetName): ReadonlySet<AssetName>
  /** True if something it reads, directly or not, is held or failed. */
  isBelowTrouble(asset: AssetName): boolean
  /** Deliveries of the asset and of everything that reads it. */
  deliveries(asset: AssetName): readonly DeliveryRecord[]
}>

export function reachIn(
  graph: Graph,
  standings: readonly AssetStanding[],
  deliveries: readonly DeliveryRecord[],
): Reach {
  const readers = readersOf(graph)
  const bad = standings.filter(({ health }) => health === 'held' || health === 'failed')
  const belowBad = descendants(
    graph,
    bad.map(({ asset }) => asset.name),
  )
  const carried = deliveriesAbove(graph, deliveries)
  return {
    below: (asset) => within(readers, asset, Number.POSITIVE_INFINITY),
    isBelowTrouble: (asset) => belowBad.has(asset),
    deliveries: (asset) => carried.get(asset) ?? [],
  }
}

/** From each delivered asset upwards: delivered ones are few. */
function deliveriesAbove(
  graph: Graph,
  deliveries: readonly DeliveryRecord[],
): ReadonlyMap<AssetName, readonly DeliveryRecord[]> {
  const carried = new Map<AssetName, DeliveryRecord[]>()
  for (const record of deliveries) {
    for (const asset of new Set([record.asset, ...ancestors(graph, [record.asset])]))
      carried.set(asset, [...(carried.get(asset) ?? []), record])
  }
  return carried
}
