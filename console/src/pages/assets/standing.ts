import type { AssetSummary } from '../../../../src/app/api/shapes.js'

/**
 * What readers see, in one sentence with the moment left to the caller: "Readers see release 811", and whether it is
 * what they should see.
 */
export function readersSee({
  health,
  release,
  latest,
}: Pick<AssetSummary, 'health' | 'release' | 'latest'>): string {
  if (release === null) {
    return latest === null
      ? 'Never run: readers see nothing yet'
      : 'Nothing was released: readers see nothing yet'
  }
  return health === 'fresh' ? `Readers see release ${release}` : `Readers still see release ${release}`
}

/** Why the asset stands as it does; empty where it is as it should be. */
export function whyNot({ health, latest, nextTick }: AssetSummary, now: number): string {
  switch (health) {
    case 'held':
    case 'failed':
      return latest?.reason ?? ''
    case 'late':
      return nextTick !== null && nextTick > now
        ? 'A run that was due has not released it.'
        : 'It should have been released by now.'
    case 'never':
    case 'fresh':
      return ''
  }
}

/** "app: insights.traffic_hourly" of `marts.traffic_hourly>app:insights.traffic_hourly`. */
export function deliveryTarget(delivery: string): Readonly<{ connection: string; target: string }> {
  const rest = delivery.slice(delivery.indexOf('>') + 1)
  const colon = rest.indexOf(':')
  return { connection: rest.slice(0, Math.max(0, colon)), target: rest.slice(colon + 1) }
}
