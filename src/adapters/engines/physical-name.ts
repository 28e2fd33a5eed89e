import type { AssetName } from '../../domain/asset.js'

/** Physical name of what run `run` builds for `asset`: `staging.readings` in run 12 is `staging__readings__12`. */
export function physicalName(asset: AssetName, run: number): string {
  return `${asset.replace('.', '__')}__${run}`
}
