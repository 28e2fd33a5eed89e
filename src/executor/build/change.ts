import type { Candidate, RowChange } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import { type Interval, intersectIntervals } from '../../domain/interval.js'

/** How the candidate of a built asset meets its released rows, by its materialization. */
export function changeForBuild(input: {
  asset: Asset
  candidate: Candidate
  ranges: readonly Interval[] | null
  full: boolean
  /** The version differs from the released one, or everything was asked for anew. */
  newVersion: boolean
  live: string | null
  state: AssetState | null
}): RowChange {
  const { asset, ranges, live } = input
  const candidate = input.candidate.relation
  if (live === null || startsAfresh(input)) return { kind: 'replace', candidate, live }
  switch (asset.materialize) {
    case 'incremental':
      return { kind: 'ranges', candidate, live, column: asset.time!.column, ranges: ranges ?? [] }
    case 'keyed': {
      const part = !input.full && ranges && asset.time && asset.deletes === 'missing'
      return {
        kind: 'merge',
        candidate,
        live,
        key: asset.key,
        deletes: asset.deletes,
        ...(part && { within: { column: asset.time.column, ranges } }),
      }
    }
    case 'append': {
      const again = ranges && asset.time ? intersectIntervals(ranges, input.state?.built ?? []) : []
      return {
        kind: 'append',
        candidate,
        live,
        key: asset.key,
        ...(again.length > 0 && asset.time && { again: { column: asset.time.column, ranges: again } }),
      }
    }
    case 'table':
    case 'view':
      return { kind: 'replace', candidate, live }
  }
}

/** Rows of another version never mix with new ones; an incremental asset built over all of time is replaced whole. */
function startsAfresh({ asset, full, newVersion }: Parameters<typeof changeForBuild>[0]): boolean {
  return newVersion || (full && asset.materialize === 'incremental')
}
