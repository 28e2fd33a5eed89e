import type { Alert, Silence } from '../domain/alert.js'

/** `marts.*` and `*` over names; letter case does not count. */
export function matchesAssets(glob: string, asset: string | null): boolean {
  if (glob === '*') return true
  if (asset === null) return false
  const pattern = glob
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${pattern}$`, 'i').test(asset)
}

/** Until when nothing is sent for the alert; null if no silence matches it now. */
export function silencedUntil(
  { asset, kind }: Pick<Alert, 'asset' | 'kind'>,
  silences: readonly Silence[],
  now: number,
): number | null {
  const matching = silences.filter(
    (silence) =>
      silence.until > now &&
      (silence.kind === null || silence.kind === kind) &&
      matchesAssets(silence.assets, asset),
  )
  return matching.length === 0 ? null : Math.max(...matching.map(({ until }) => until))
}
