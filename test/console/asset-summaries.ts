import type { AssetSummary } from '../../src/app/api/shapes.js'

/** A healthy table; say what is different about yours. */
export const summaryOf = (asset: string, own: Partial<AssetSummary> = {}): AssetSummary => ({
  asset,
  kind: 'sql',
  materialize: 'table',
  description: '',
  owner: 'data',
  tags: [],
  health: 'fresh',
  release: 1,
  releasedAt: 0,
  rows: 1,
  latest: null,
  schedule: { kind: 'upstream' },
  nextTick: null,
  inputs: [],
  readers: [],
  deliveries: [],
  checks: 0,
  openAlerts: 0,
  durations: [],
  ...own,
})
