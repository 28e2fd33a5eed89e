import type { LockHolder, ReleaseSummary } from '../adapters/state/store.js'
import type { Asset, AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import type { RunRecord, StepRecord } from '../domain/run.js'
import { type ChannelTrouble, channelTroubles } from './channel-troubles.js'
import type { Session } from './session.js'

export type AssetStatus = Readonly<{
  asset: AssetName
  materialize: Asset['materialize'] | 'source'
  /** Release whose rows readers see; null before the first. */
  release: number | null
  releasedAt: number | null
  rows: number | null
  /** How its latest step ended; null before the first. */
  latest: (StepRecord & { run: number }) | null
  /** Ranges owed, in words of the state. */
  pending: AssetState['pending']
}>

export type ProjectStatus = Readonly<{
  project: string
  environment: string
  lastRun: RunRecord | null
  lastRelease: ReleaseSummary | null
  assets: readonly AssetStatus[]
  deliveries: readonly DeliveryRecord[]
  locks: readonly LockHolder[]
  /** Channels that do not take messages about alerts. */
  untold: readonly ChannelTrouble[]
}>

/** What readers see now, and how each asset's last step ended. Reads the state only. */
export async function projectStatus(session: Session): Promise<ProjectStatus> {
  const store = await session.services.store()
  const [states, latest, runs, releases, deliveries, locks, untold] = await Promise.all([
    store.assetStates(),
    store.latestSteps(),
    store.runs({ limit: 1 }),
    store.releases(1),
    store.deliveries(),
    store.locks(),
    channelTroubles(session),
  ])
  const steps = new Map(latest.map((step) => [step.asset, step]))
  const { project } = session.loaded
  return {
    project: project.name,
    environment: session.services.environment,
    lastRun: runs[0] ?? null,
    lastRelease: releases[0] ?? null,
    assets: project.assets.map((asset) =>
      assetStatus(asset, states.get(asset.name), steps.get(asset.name) ?? null),
    ),
    deliveries,
    locks,
    untold,
  }
}

function assetStatus(
  asset: Asset,
  state: AssetState | undefined,
  latest: AssetStatus['latest'],
): AssetStatus {
  const released = state !== undefined && state.release > 0
  return {
    asset: asset.name,
    materialize: asset.body.kind === 'source' ? 'source' : asset.materialize,
    release: released ? state.release : null,
    releasedAt: released ? state.releasedAt : null,
    rows: state?.rows ?? null,
    latest,
    pending: state?.pending ?? [],
  }
}
