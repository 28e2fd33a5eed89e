import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { AssetSummary } from '../../../src/app/api/shapes.js'
import { assetsQuery } from '../api/queries.js'

const NONE: readonly AssetSummary[] = []

/** How every asset stands, by name; empty until it is known. */
export function useSummaries(): ReadonlyMap<string, AssetSummary> {
  const assets = useQuery(assetsQuery()).data ?? NONE
  return useMemo(() => new Map(assets.map((summary) => [summary.asset, summary])), [assets])
}

/** Assets that hold or failed by themselves: not those that only wait for them. */
export function useBroken(summaries: ReadonlyMap<string, AssetSummary>): ReadonlySet<string> {
  return useMemo(
    () =>
      new Set(
        [...summaries.values()]
          .filter(({ health, latest }) => isBroken(health) && latest?.status !== 'skipped')
          .map(({ asset }) => asset),
      ),
    [summaries],
  )
}

const isBroken = (health: AssetSummary['health']): boolean => health === 'held' || health === 'failed'
