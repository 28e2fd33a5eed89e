import type { AssetName } from '../domain/asset.js'
import type { Plan, PlanStep, Stage } from './plan.js'

export function lowerToStages(plan: Pick<Plan, 'steps' | 'removed' | 'waiting'>): Stage[] {
  const stages: Stage[] = layersOf(plan.steps).map((assets, layer) => ({ kind: 'build', layer, assets }))
  const assets = plan.steps.map(({ asset }) => asset)
  if (assets.length + plan.removed.length > 0) stages.push({ kind: 'release', assets, retire: plan.removed })
  const due = [...new Set([...plan.steps.flatMap(({ deliveries }) => deliveries), ...plan.waiting])]
  for (const [connection, deliveries] of byConnection(due))
    stages.push({ kind: 'deliver', connection, deliveries })
  return stages
}

/** Each step in the layer after the last of those it comes after. */
function layersOf(steps: readonly PlanStep[]): AssetName[][] {
  const layerOf = new Map<AssetName, number>()
  const layers: AssetName[][] = []
  for (const { asset, after } of steps) {
    const layer = Math.max(-1, ...after.map((name) => layerOf.get(name) ?? -1)) + 1
    layerOf.set(asset, layer)
    layers[layer] = [...(layers[layer] ?? []), asset]
  }
  return layers
}

/** A delivery's id is `asset>connection:target`. */
export function connectionOf(delivery: string): string {
  return delivery.slice(delivery.indexOf('>') + 1, delivery.indexOf(':'))
}

function byConnection(deliveries: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const delivery of deliveries) {
    const connection = connectionOf(delivery)
    groups.set(connection, [...(groups.get(connection) ?? []), delivery])
  }
  return groups
}
