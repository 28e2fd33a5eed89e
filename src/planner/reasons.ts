import type { Asset, AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { Interval } from '../domain/interval.js'
import { failedRules, unsettledChecks } from '../domain/judged-rules.js'
import type { Scope } from './scope.js'

/** Why a step stands in a plan. */
export type Reason =
  | Readonly<{ kind: 'new' }>
  | Readonly<{ kind: 'changed' }>
  | Readonly<{ kind: 'asked_full' }>
  | Readonly<{ kind: 'asked_window'; window: Interval }>
  | Readonly<{ kind: 'input_rebuilt' }>
  | Readonly<{ kind: 'input_released'; inputs: readonly AssetName[] }>
  | Readonly<{ kind: 'pending'; ranges: readonly Interval[] }>
  | Readonly<{ kind: 'incomplete'; ranges: readonly Interval[] }>
  | Readonly<{ kind: 'polls' }>
  | Readonly<{ kind: 'follows'; inputs: readonly AssetName[] }>
  /** Released rows were never asked these checks, or asked while they promised something else. */
  | Readonly<{ kind: 'checks_changed'; checks: readonly string[] }>
  /** Released rows were found to fail these checks. */
  | Readonly<{ kind: 'checks_failed'; checks: readonly string[] }>

export function reasonsOf(input: {
  asset: Asset
  state: AssetState
  fingerprint: string
  scope: Scope
  full: boolean
  window: Interval | null
  states: ReadonlyMap<AssetName, AssetState>
  rebuiltInput: boolean
  ranged: boolean
}): Reason[] {
  const { asset, state, scope } = input
  if (state.fingerprint === null) return [{ kind: 'new' }]
  const reasons: Reason[] = []
  if (input.full) reasons.push({ kind: 'asked_full' })
  if (state.fingerprint !== input.fingerprint) reasons.push({ kind: 'changed' })
  if (input.window && input.ranged) reasons.push({ kind: 'asked_window', window: input.window })
  if (asset.body.kind === 'source') reasons.push({ kind: 'polls' })
  else if (reasons.length === 0) reasons.push(...dataReasons(input, scope))
  // Rows that are replaced whole are judged whole anyway.
  return scope.kind === 'full' ? reasons : [...reasons, ...checkReasons(asset, state)]
}

function checkReasons({ checks }: Asset, { relation, judged }: AssetState): Reason[] {
  if (relation === null) return []
  const failed = [...failedRules(checks, judged, 'block'), ...failedRules(checks, judged, 'hold_delivery')]
  const changed = unsettledChecks(checks, judged).filter((check) => !failed.includes(check))
  const reasons: Reason[] = []
  if (changed.length > 0) reasons.push({ kind: 'checks_changed', checks: changed.map(({ name }) => name) })
  if (failed.length > 0) reasons.push({ kind: 'checks_failed', checks: failed.map(({ name }) => name) })
  return reasons
}

function dataReasons(
  { asset, state, states, rebuiltInput, ranged }: Parameters<typeof reasonsOf>[0],
  scope: Scope,
): Reason[] {
  if (rebuiltInput) return [{ kind: 'input_rebuilt' }]
  const behind = asset.inputs.filter(
    (name) => (state.inputReleases[name] ?? 0) < (states.get(name)?.release ?? 0),
  )
  if (scope.kind === 'full' && behind.length > 0 && !ranged)
    return [{ kind: 'input_released', inputs: behind }]
  const reasons: Reason[] = []
  if (scope.kind === 'full') reasons.push({ kind: 'input_rebuilt' })
  if (scope.kind === 'ranges' && scope.ranges.length > 0)
    reasons.push({ kind: 'pending', ranges: scope.ranges })
  if (scope.kind === 'ranges' && scope.deferred.length > 0)
    reasons.push({ kind: 'incomplete', ranges: scope.deferred })
  if (scope.kind === 'none' || (scope.kind === 'ranges' && scope.ranges.length === 0)) {
    reasons.push({ kind: 'follows', inputs: asset.inputs })
  }
  return reasons
}
