import type { HistoryStore } from '../../adapters/state/history-store.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { MillraceError } from '../../base/errors.js'
import type { AssetName } from '../../domain/asset.js'
import { declaredDeliveries } from '../../domain/declared-deliveries.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { Diagnostic } from '../../domain/diagnostic.js'
import type { Project } from '../../domain/project.js'
import type { StepRecord } from '../../domain/run.js'
import type { LiveProject } from '../live/live.js'
import { mistakesOf } from '../project-diagnostics.js'
import { graphOf } from '../select.js'
import type { Session } from '../session.js'
import type { AlertMethods } from './api.js'
import { runSummary } from './run-reads.js'
import type { Health, Overview, RunSummary } from './shapes.js'
import { type AssetStanding, readStandings } from './standings.js'
import { makeStrip, stripRows, stripStart } from './strip.js'
import { reachIn } from './trouble-evidence.js'
import { findTroubles } from './troubles.js'

const RELEASES = 10
const OPEN_ALERTS = 100
/** Troubles beyond these would not be read; each costs a look at its step. */
const MOST_STEPS = 50

/** Health in one glance. */
export async function readOverview(
  session: Session,
  live: LiveProject | null,
  alertMethods: AlertMethods,
): Promise<Overview> {
  const { loaded, services } = session
  const { project } = loaded
  const now = services.clock.now()
  const store = await services.store()
  const [standings, running, releases, records, alerts] = await Promise.all([
    readStandings(session, project.assets, 'scheduled'),
    store.history.runsGoingOn(),
    store.releases(RELEASES),
    store.deliveries(),
    alertMethods.alerts({ states: null, asset: null, limit: OPEN_ALERTS }),
  ])
  const deliveries = declaredDeliveries(project, records)
  const roots = alerts.filter(({ cause }) => cause === null)
  const [steps, slots, releasedAt] = await Promise.all([
    troubledSteps(store, standings),
    store.history.slots(
      stripRows(standings).map(({ asset }) => asset.name),
      stripStart(now),
    ),
    releaseTimes(store.history, standings, deliveries),
  ])
  const broken = live?.broken ?? null
  return {
    project: project.name,
    environment: services.environment,
    now,
    timezone: project.timezone,
    projectState: projectState(broken, live?.loadedAt ?? now, loaded.warnings),
    assets: { total: standings.length, ...countHealth(standings) },
    troubles: findTroubles({
      standings,
      steps,
      reach: reachIn(graphOf(project), standings, deliveries),
      deliveries,
      alerts: roots,
      broken,
      moments: { now, timezone: project.timezone, releasedAt },
    }),
    lastRelease: releases[0] ?? null,
    releases,
    running: running.map(runSummary),
    queue: live?.queue() ?? [],
    alerts: roots,
    deliveries: countDeliveries(project, deliveries),
    strip: makeStrip(standings, slots, building(live, running.map(runSummary)), now),
  }
}

function projectState(
  broken: MillraceError | null,
  loadedAt: number,
  warnings: readonly Diagnostic[],
): Overview['projectState'] {
  if (!broken) return { state: 'good', loadedAt, diagnostics: warnings }
  return { state: 'broken', loadedAt, diagnostics: mistakesOf(broken) }
}

function countHealth(standings: readonly AssetStanding[]): Readonly<Record<Health, number>> {
  const counts = { fresh: 0, late: 0, held: 0, failed: 0, never: 0 }
  for (const { health } of standings) counts[health]++
  return counts
}

function countDeliveries(
  { assets }: Pick<Project, 'assets'>,
  records: readonly DeliveryRecord[],
): Overview['deliveries'] {
  const total = assets.reduce((sum, { deliver }) => sum + deliver.length, 0)
  const counts = { total, delivered: 0, waiting: 0, refused: 0, held: 0 }
  for (const { status } of records) counts[status]++
  return counts
}

async function troubledSteps(
  store: StateStore,
  standings: readonly AssetStanding[],
): Promise<ReadonlyMap<AssetName, StepRecord & { run: number }>> {
  const bad = standings.filter(({ health }) => health === 'failed' || health === 'held').slice(0, MOST_STEPS)
  const steps = await Promise.all(bad.map(({ asset }) => store.steps(asset.name, 1)))
  return new Map(steps.flat().map((step) => [step.asset, step]))
}

/** Of every release that some reader may still see. */
function releaseTimes(
  history: HistoryStore,
  standings: readonly AssetStanding[],
  deliveries: readonly DeliveryRecord[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = new Set(deliveries.map(({ delivered }) => delivered))
  for (const { released } of standings) if (released) wanted.add(released.release)
  return history.releaseTimes([...wanted])
}

/** Assets whose step goes on now. */
function building(live: LiveProject | null, running: readonly RunSummary[]): ReadonlyMap<AssetName, number> {
  return new Map(
    running.flatMap(({ run }) => (live?.running(run) ?? []).map(({ asset }) => [asset, run] as const)),
  )
}
