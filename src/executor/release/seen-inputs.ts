import type { AssetName } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import { isRanged } from '../../planner/scope.js'
import type { RunContext } from '../context.js'

/**
 * States of assets that were built from newer releases of their inputs and came out as they were. Nothing of them
 * is released, but what they were built from is noted: the next run need not build them again to find the same.
 */
export function seenInputs(
  context: RunContext,
  made: { release: number | null; released: ReadonlySet<AssetName> },
): AssetState[] {
  const { assets, outcomes, states } = context
  return [...outcomes].flatMap(([name, { kind }]) => {
    const state = states.get(name)
    const asset = assets.get(name)
    // What is built by range remembers ranges instead.
    if (kind !== 'unchanged' || !state?.relation || !asset || isRanged(asset)) return []
    const { inputs } = asset
    // Built from rows that nobody sees yet.
    if (inputs.some((input) => outcomes.get(input)?.kind === 'passed' && !made.released.has(input))) return []
    const seen = Object.fromEntries(
      inputs.map((input) => [
        input,
        made.released.has(input) ? (made.release ?? 0) : (states.get(input)?.release ?? 0),
      ]),
    )
    const isNewer = inputs.some((input) => (state.inputReleases[input] ?? 0) < (seen[input] ?? 0))
    return isNewer ? [{ ...state, inputReleases: seen }] : []
  })
}
