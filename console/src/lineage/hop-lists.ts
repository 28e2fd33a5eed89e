import type { Hops } from './neighbourhood.js'

/** Assets at one distance: "2 hops up". */
export type HopList = Readonly<{ hops: number; assets: readonly string[] }>

/** A neighbourhood to be read from top to bottom: furthest upstream first, then down to the furthest reader. */
export function hopLists(shown: Hops): readonly HopList[] {
  const lists = new Map<number, string[]>()
  for (const [asset, hops] of shown) {
    const list = lists.get(hops)
    if (list) list.push(asset)
    else lists.set(hops, [asset])
  }
  return [...lists]
    .sort(([a], [b]) => a - b)
    .map(([hops, assets]) => ({ hops, assets: assets.sort((a, b) => a.localeCompare(b)) }))
}

/** "Read 2 hops up", "This asset", "Reads it directly". */
export function hopWords(hops: number): string {
  if (hops === 0) return 'This asset'
  if (hops === -1) return 'It reads'
  if (hops === 1) return 'Read by'
  return hops < 0 ? `${-hops} hops up` : `${hops} hops down`
}
