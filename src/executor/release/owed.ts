import type { Asset, AssetName } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { Interval } from '../../domain/interval.js'
import { isRanged, joinTouched, owedRanges, type Touched } from '../../planner/scope.js'
import type { RunContext } from '../context.js'
import type { Built } from '../outcome.js'
import type { MovedMeanwhile } from '../runs-together.js'

type Known = Pick<RunContext, 'assets' | 'project'>

/** What others released of its inputs while it was built from the rows before: it owes that. */
export function owedSince(
  asset: Asset,
  built: readonly Interval[],
  { touched }: MovedMeanwhile,
  inRelease: ReadonlySet<AssetName>,
  { project }: Known,
): Touched[] {
  if (!isRanged(asset)) return []
  return asset.inputs.flatMap((name) => {
    const ranges = inRelease.has(name) ? undefined : touched.get(name)
    return ranges === undefined ? [] : [owedRanges(asset, ranges, built, project.timezone)]
  })
}

/** Assets that read what is released now but are not released themselves owe the touched ranges from here on. */
export function touchedStates(
  builts: readonly Pick<Built, 'asset' | 'touched'>[],
  states: ReadonlyMap<AssetName, AssetState>,
  known: Known,
): AssetState[] {
  const touched = new Map<AssetName, Touched>(builts.map((built) => [built.asset, built.touched]))
  return [...states.values()].flatMap((state) => {
    if (!state.relation || touched.has(state.asset)) return []
    const owed = owedBy(state, touched, known)
    return owed.length === 0 ? [] : [{ ...state, pending: joinTouched([state.pending, ...owed]) }]
  })
}

/**
 * An asset may be on record otherwise than this run's project has it: taken out, or edited and built since by a run of
 * the edited project. What it then read counts too, and since its ranges are not known, all of it.
 */
function owedBy(
  state: AssetState,
  touched: ReadonlyMap<AssetName, Touched>,
  { assets, project }: Known,
): Touched[] {
  const asset = assets.get(state.asset)
  const recorded = Object.keys(state.inputReleases)
  if (!asset || !isRanged(asset))
    return state.built.length > 0 && recorded.some((name) => touched.has(name)) ? ['all'] : []
  return [...new Set([...asset.inputs, ...recorded])].flatMap((name): Touched[] => {
    const ranges = touched.get(name)
    if (ranges === undefined) return []
    return asset.inputs.includes(name) ? [owedRanges(asset, ranges, state.built, project.timezone)] : ['all']
  })
}
