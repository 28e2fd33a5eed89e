import type { Alert } from '../../domain/alert.js'
import { type Asset, type AssetName, deliveryId } from '../../domain/asset.js'
import type { Project } from '../../domain/project.js'
import { readersOf } from '../../graph/order.js'
import { graphOf } from '../select.js'
import type { AssetSummary } from './shapes.js'
import type { AssetStanding } from './standings.js'

/** What summaries need of the whole project. */
export type Surroundings = Readonly<{
  readers: ReadonlyMap<AssetName, readonly AssetName[]>
  openAlerts: ReadonlyMap<AssetName, number>
}>

export function surroundings(project: Project, alerts: readonly Alert[]): Surroundings {
  const openAlerts = new Map<AssetName, number>()
  for (const { asset } of alerts) {
    if (asset !== null) openAlerts.set(asset, (openAlerts.get(asset) ?? 0) + 1)
  }
  return { readers: readersOf(graphOf(project)), openAlerts }
}

export function assetSummary(standing: AssetStanding, { readers, openAlerts }: Surroundings): AssetSummary {
  const { asset, released, latest, health, schedule, nextTick } = standing
  return {
    asset: asset.name,
    kind: asset.body.kind,
    materialize: materializationOf(asset),
    description: asset.description,
    owner: asset.owner,
    tags: asset.tags,
    health,
    release: released?.release ?? null,
    releasedAt: released?.releasedAt ?? null,
    rows: released?.rows ?? null,
    latest: latest && {
      run: latest.run,
      status: latest.status,
      reason: latest.reason,
      at: latest.startedAt,
      durationMs: latest.durationMs,
    },
    schedule,
    nextTick,
    inputs: asset.inputs,
    readers: readers.get(asset.name) ?? [],
    deliveries: asset.deliver.map((delivery) => deliveryId(asset.name, delivery)),
    checks: asset.checks.length,
    openAlerts: openAlerts.get(asset.name) ?? 0,
    durations: latest?.durations ?? [],
  }
}

const materializationOf = (asset: Asset): AssetSummary['materialize'] =>
  asset.body.kind === 'source' ? 'source' : asset.materialize
