import type { AssetName } from '../domain/asset.js'
import type { Look } from './look.js'
import { momentText } from './words.js'

/** What trouble with an asset means for those who read it: "Readers still see release 811 (10:15)." */
export function readersSee(asset: AssetName, { released, now, timezone }: Look): string {
  const seen = released.get(asset)
  return seen
    ? `Readers still see release ${seen.release} (${momentText(seen.at, now, timezone)}).`
    : 'Readers have seen nothing of it yet.'
}

/** What is wrong with released rows themselves: "Readers have seen these rows since release 811 (10:15)." */
export function readersHaveSeen(asset: AssetName, { released, now, timezone }: Look): string {
  const seen = released.get(asset)
  return seen
    ? `Readers have seen these rows since release ${seen.release} (${momentText(seen.at, now, timezone)}); what reads them is not built.`
    : 'Readers have seen nothing of it yet.'
}
