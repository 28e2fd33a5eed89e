import type { Asset, AssetName } from '../../domain/asset.js'
import type { StepOutcome } from '../outcome.js'

/**
 * The passed steps that can be released together: an asset needs everything it read in this run to be released
 * too. A view has no rows of its own, so what it shows changes with its inputs: if a view did not pass, its
 * inputs stay back, or readers would see through it what its checks refused. An asset judged against rows of
 * another (`relationships`) needs those rows to be released.
 *
 * Returns the assets to release, and for each passed one that stays back, whose fault it is.
 */
export function releasable(
  assets: readonly Asset[],
  outcomes: ReadonlyMap<AssetName, StepOutcome>,
  alreadyViews: ReadonlySet<AssetName>,
): { released: ReadonlySet<AssetName>; staysBack: ReadonlyMap<AssetName, AssetName> } {
  const released = new Set(
    assets.map(({ name }) => name).filter((name) => outcomes.get(name)?.kind === 'passed'),
  )
  const staysBack = new Map<AssetName, AssetName>()
  const holdBack = (name: AssetName, because: AssetName): boolean => {
    if (!released.delete(name)) return false
    staysBack.set(name, because)
    return true
  }
  for (let moved = true; moved; ) {
    moved = false
    for (const asset of assets) {
      const outcome = outcomes.get(asset.name)
      if (!outcome) continue
      const out = outcome.kind !== 'unchanged' && !released.has(asset.name)
      if (out && asset.materialize === 'view' && alreadyViews.has(asset.name)) {
        for (const input of asset.inputs) moved = holdBack(input, asset.name) || moved
      }
      if (released.has(asset.name)) {
        const missing =
          asset.inputs.find((input) => {
            const kind = outcomes.get(input)?.kind
            return kind !== undefined && kind !== 'unchanged' && !released.has(input)
          }) ?? asset.checkReads.find((read) => outcomes.get(read)?.kind === 'passed' && !released.has(read))
        if (missing) moved = holdBack(asset.name, missing) || moved
      }
    }
  }
  return { released, staysBack }
}
