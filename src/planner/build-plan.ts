import type { Asset, AssetName } from '../domain/asset.js'
import { deliveryId } from '../domain/asset.js'
import { type AssetState, emptyAssetState } from '../domain/asset-state.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import { unsettledChecks } from '../domain/judged-rules.js'
import type { Project } from '../domain/project.js'
import type { Plan, PlanOptions, PlanStep } from './plan.js'
import { reasonsOf } from './reasons.js'
import { isRanged, type Scope, scopeOf } from './scope.js'
import { lowerToStages } from './stages.js'
import { stepOrder } from './step-order.js'

export type PlanInput = Readonly<{
  project: Project
  environment: string
  versions: ReadonlyMap<AssetName, string>
  states: ReadonlyMap<AssetName, AssetState>
  deliveries: readonly DeliveryRecord[]
  usual: ReadonlyMap<AssetName, { durationMs: number }>
  now: number
  /** Whether assets that left the project go. */
  retire: boolean
  options: PlanOptions
}>

/** Builds the plan: values in, a value out. Expects `project.assets` in dependency order. */
export function buildPlan(input: PlanInput): Plan {
  const { project, options } = input
  const chosen = options.selected ? withViews(options.selected, input) : null
  const byName = new Map(project.assets.map((asset) => [asset.name, asset]))
  const order = stepOrder(project.assets.filter(({ name }) => !chosen || chosen.has(name)))
  const steps: PlanStep[] = []
  const building = new Set<AssetName>()
  for (const [name, after] of order) {
    const asset = byName.get(name)!
    const step = { ...planStep(asset, input, building), after }
    if (step.action === 'load' || step.action === 'build') building.add(asset.name)
    steps.push(step)
  }
  const names = new Set(project.assets.map(({ name }) => name))
  const removed = !input.retire
    ? []
    : [...input.states.values()]
        .filter(({ asset, relation }) => relation && !names.has(asset))
        .map(({ asset }) => asset)
  const waiting = input.deliveries
    .filter(({ status }) => status === 'waiting')
    .map(({ delivery }) => delivery)
  const bare = {
    project: project.name,
    environment: input.environment,
    at: input.now,
    options,
    steps,
    removed,
    waiting,
  }
  return { ...bare, stages: lowerToStages(bare) }
}

/**
 * The selected assets and the released views over them. What a view shows changes with its inputs, so it is
 * judged with them and tells what it touched; left out, readers would see through it what its checks refuse.
 */
function withViews(selected: readonly AssetName[], { project, states }: PlanInput): ReadonlySet<AssetName> {
  const chosen = new Set(selected)
  for (const { name, inputs } of project.assets) {
    // A released view is its own relation.
    if (states.get(name)?.relation === name && inputs.some((input) => chosen.has(input))) chosen.add(name)
  }
  return chosen
}

function planStep(asset: Asset, input: PlanInput, building: ReadonlySet<AssetName>): Omit<PlanStep, 'after'> {
  const state = input.states.get(asset.name) ?? emptyAssetState(asset.name)
  const fingerprint = input.versions.get(asset.name)!
  const { full, window } = input.options
  const rebuiltInput = asset.inputs.some((name) => building.has(name) && isRebuilt(name, input))
  const scope: Scope =
    asset.body.kind === 'source'
      ? full || state.fingerprint !== fingerprint
        ? { kind: 'full' }
        : { kind: 'none' }
      : scopeOf({
          asset,
          state,
          fingerprint,
          touched: rebuiltInput ? ['all'] : [],
          inputReleases: Object.fromEntries(
            asset.inputs.map((name) => [name, input.states.get(name)?.release ?? 0]),
          ),
          now: input.now,
          timezone: input.project.timezone,
          full,
          window,
        })
  const idle = scope.kind === 'none' || (scope.kind === 'ranges' && scope.ranges.length === 0)
  const asks = state.relation !== null && unsettledChecks(asset.checks, state.judged).length > 0
  return {
    asset: asset.name,
    action: asset.body.kind === 'source' ? 'load' : !idle ? 'build' : asks ? 'judge' : 'follow',
    scope,
    reasons: reasonsOf({
      asset,
      state,
      fingerprint,
      scope,
      full,
      window,
      states: input.states,
      rebuiltInput,
      ranged: isRanged(asset),
    }),
    fingerprint,
    full,
    window,
    inputs: asset.inputs,
    checks: asset.checks.length,
    deliveries: asset.deliver.map((delivery) => deliveryId(asset.name, delivery)),
    usualMs: input.usual.get(asset.name)?.durationMs ?? null,
  }
}

/** A changed version or `--full` brings new rows for all of time. */
function isRebuilt(name: AssetName, input: PlanInput): boolean {
  return input.options.full || input.states.get(name)?.fingerprint !== input.versions.get(name)
}
