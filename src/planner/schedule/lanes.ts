import type { Asset, AssetName } from '../../domain/asset.js'
import { assetsOfTick } from './due-assets.js'

/**
 * Which scheduled assets are built in one run when they are due at one moment: those with the same pattern, and those of
 * patterns that have something to build in common, a mart that follows both. The others are runs of their own, so that
 * a slow one does not hold up what has nothing to do with it. Asset → name of its lane.
 */
export function lanesOf(assets: readonly Asset[]): ReadonlyMap<AssetName, string> {
  const byPattern = new Map<string, AssetName[]>()
  for (const { name, schedule } of assets)
    if (schedule.kind === 'cron')
      byPattern.set(schedule.pattern, [...(byPattern.get(schedule.pattern) ?? []), name])
  const laneOf = new Map<string, string>()
  const builtBy = new Map<AssetName, string>()
  const laneNow = (pattern: string): string => {
    const other = laneOf.get(pattern)
    return other === undefined || other === pattern ? pattern : laneNow(other)
  }
  for (const [pattern, due] of byPattern) {
    laneOf.set(pattern, pattern)
    for (const name of assetsOfTick(assets, due)) {
      const other = builtBy.get(name)
      if (other === undefined) builtBy.set(name, pattern)
      else laneOf.set(laneNow(other), laneNow(pattern))
    }
  }
  return new Map([...byPattern].flatMap(([pattern, due]) => due.map((name) => [name, laneNow(pattern)])))
}
