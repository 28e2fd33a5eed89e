import { shareRounds } from '../../base/share-rounds.js'
import { checkProject } from '../check-project.js'
import { examine } from '../doctor.js'
import { latestChecks } from '../latest-checks.js'
import { planProject } from '../plan-project.js'
import { projectLineage } from '../project-lineage.js'
import { projectStatus } from '../project-status.js'
import { queryProject } from '../query-project.js'
import type { Session } from '../session.js'
import { writeTypes } from '../write-types.js'
import type { AlertMethods, Api, ReportMethods } from './api.js'
import { previewAsset, readAsset, readAssets } from './asset-reads.js'
import type { ApiHost } from './host.js'
import { readLog } from './log-reads.js'
import { readMetric } from './metric-reads.js'
import { readOverview } from './overview.js'
import { cancelRun, startRun } from './run-actions.js'
import { followRuns } from './run-follower.js'
import { readRun, readRuns } from './run-reads.js'
import { searchProject } from './search.js'
import type { LiveEvent } from './shapes.js'

/** A project of a command's own process: nothing is queued and nothing can be followed. */
export const sessionHost = (session: Session): ApiHost => ({ live: null, use: (work) => work(session) })

/** The API on a project of this process. */
export function createLocalApi(
  host: ApiHost,
  parts: Readonly<{ alerts: AlertMethods; reports: ReportMethods }>,
): Api {
  const { live, use } = host
  const ongoing = live ? followRuns(live) : () => null
  return {
    ...parts.alerts,
    ...parts.reports,

    // A page that many look at is read once for all of them.
    overview: shareRounds(() => use((session) => readOverview(session, live, parts.alerts))),
    status: shareRounds(() => use(projectStatus)),
    search: (text) => use((session) => searchProject(session, parts, text)),

    assets: shareRounds(() => use((session) => readAssets(session, parts.alerts))),
    asset: (name) => use((session) => readAsset(session, parts.alerts, name)),
    preview: (name, limit, signal) => use((session) => previewAsset(session, name, limit, signal)),
    metrics: (request) => use((session) => readMetric(session, request)),
    lineage: (request) => use((session) => projectLineage(session, request)),
    releases: (limit) => use(async ({ services }) => (await services.store()).releases(limit)),

    plan: (request) => use((session) => planProject(session, request)),
    run: (request, emit, signal) => startRun(host, request, emit, signal),
    queue: async () => live?.queue() ?? [],
    cancel: (run, by) => use((session) => cancelRun(session, live, run, by)),
    runs: (filter) => use((session) => readRuns(session, filter)),
    runDetail: (run) => use((session) => readRun(session, live, ongoing, run)),
    log: (request) => use((session) => readLog(session, request)),

    query: (request, signal) => use((session) => queryProject(session, request, signal)),
    check: (request, signal) => use((session) => checkProject(session, request, signal)),
    latestChecks: (select) => use((session) => latestChecks(session, select)),

    doctor: () => use((session) => examine(session, { node: process.version, platform: platform() }, live)),
    types: () => use(writeTypes),
    events: (after, signal) => (live ? live.events(after, signal) : nothingHappens(signal)),
  }
}

const platform = (): string => `${process.platform}-${process.arch}`

/** Waits for the reader to go: an end would tell it to come back at once. */
async function* nothingHappens(signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
