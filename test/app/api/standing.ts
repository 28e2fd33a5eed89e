import type { LatestStep, ReleasedAsset } from '../../../src/adapters/state/history-store.js'
import type { AssetStanding } from '../../../src/app/api/standings.js'
import type { Alert } from '../../../src/domain/alert.js'
import type { DeliveryRecord } from '../../../src/domain/delivery.js'
import { asset } from '../../planner/project.js'

export const NOW = Date.parse('2026-03-02T12:00:00Z')
export const MINUTE = 60_000

export const latest = (change: Partial<LatestStep> = {}): LatestStep => ({
  asset: 'a.one',
  run: 7,
  status: 'released',
  reason: 'raw.readings has new rows',
  startedAt: NOW - 10 * MINUTE,
  durationMs: 1_000,
  durations: [1_000, 1_000, 1_000],
  ...change,
})

export const released = (change: Partial<ReleasedAsset> = {}): ReleasedAsset => ({
  asset: 'a.one',
  release: 5,
  releasedAt: NOW - 10 * MINUTE,
  rows: 3,
  ...change,
})

export const standing = (name: string, change: Partial<AssetStanding> = {}): AssetStanding => ({
  asset: asset(name),
  released: released({ asset: name }),
  latest: latest({ asset: name }),
  schedule: { kind: 'never' },
  nextTick: null,
  health: 'fresh',
  lateSince: null,
  ...change,
})

export const delivery = (name: string, change: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  delivery: `${name}>app:insights.${name}`,
  asset: name,
  connection: 'app',
  target: `insights.${name}`,
  delivered: 5,
  wanted: 5,
  needsAll: false,
  status: 'delivered',
  inserted: 0,
  updated: 0,
  deleted: 0,
  durationMs: 1,
  attempts: 1,
  error: null,
  ...change,
})

export const alert = (change: Partial<Alert> = {}): Alert => ({
  id: 1,
  key: 'slow:a.one',
  kind: 'slow',
  severity: 'warning',
  state: 'firing',
  asset: 'a.one',
  title: 'a.one took 40 s, usually 10 s',
  effect: 'Rows come later.',
  next: 'millrace status',
  run: 7,
  observation: null,
  cause: null,
  since: NOW,
  firedAt: NOW,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  silencedUntil: null,
  occurrences: 1,
  events: [],
  ...change,
})
