import type { AssetName } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { RunContext } from '../context.js'

/** `noted`, and the states of assets whose released rows were judged again: the rules they were asked are kept. */
export function withJudged(
  noted: readonly AssetState[],
  { outcomes, states }: Pick<RunContext, 'outcomes' | 'states'>,
): AssetState[] {
  const known = new Map<AssetName, AssetState>(noted.map((state) => [state.asset, state]))
  for (const [name, outcome] of outcomes) {
    const state = known.get(name) ?? states.get(name)
    if (state && outcome.kind !== 'passed' && outcome.judged)
      known.set(name, { ...state, judged: outcome.judged })
  }
  return [...known.values()]
}
