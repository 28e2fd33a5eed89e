import { isDeepStrictEqual } from 'node:util'
import type { AssetState } from '../../domain/asset-state.js'
import type { RunContext } from '../context.js'

/** States of sources that have read further and found nothing new: what they read need not be read again. */
export function readPositions({ outcomes, states }: Pick<RunContext, 'outcomes' | 'states'>): AssetState[] {
  return [...outcomes].flatMap(([name, outcome]) => {
    const state = states.get(name)
    if (!state?.relation || outcome.kind === 'passed' || outcome.position === undefined) return []
    // The state gives objects back with their fields in another order.
    return isDeepStrictEqual(outcome.position, state.position)
      ? []
      : [{ ...state, position: outcome.position }]
  })
}
