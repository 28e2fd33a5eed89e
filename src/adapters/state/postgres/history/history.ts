import type { HistoryStore } from '../../history-store.js'
import type { Database } from '../database.js'
import type { Scope } from '../scope.js'
import type { Session } from '../session.js'
import { freshnessOf, judgementsOf } from './judgements.js'
import { committedRelease, releasedAssets, releasesOf, releaseTimes } from './releases.js'
import { countedRuns, runsGoingOn } from './runs.js'
import { metricNames, seriesOf } from './series.js'
import { stepSlots } from './slots.js'
import { latestOf, pastSteps } from './steps.js'

export const historyOf = (
  database: Database,
  scope: Scope,
  session: Pick<Session, 'knownOwner'>,
): HistoryStore => ({
  runs: (filter) => countedRuns(database, scope, filter),
  runsGoingOn: () => runsGoingOn(database, scope, session.knownOwner),
  released: (assets) => releasedAssets(database, scope, assets),
  latest: (assets, timed) => latestOf(database, scope, assets, timed),
  steps: (asset, limit) => pastSteps(database, scope, asset, limit),
  judgements: (asset, limit) => judgementsOf(database, scope, asset, limit),
  freshness: (assets) => freshnessOf(database, scope, assets),
  series: (request) => seriesOf(database, scope, request),
  metricNames: (asset) => metricNames(database, scope, asset),
  slots: (assets, since) => stepSlots(database, scope, assets, since),
  releasesOf: (asset, limit) => releasesOf(database, scope, asset, limit),
  release: (release) => committedRelease(database, scope, release),
  releaseTimes: (releases) => releaseTimes(database, scope, releases),
})
