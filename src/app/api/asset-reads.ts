import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryResult } from '../../adapters/engines/engine.js'
import type { Judgement } from '../../adapters/state/history-store.js'
import type { StateStore } from '../../adapters/state/store.js'
import type { Asset } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import { columnNames } from '../../domain/column.js'
import { declaredDeliveries } from '../../domain/declared-deliveries.js'
import type { Project } from '../../domain/project.js'
import { quoteQualified } from '../../sql/quote.js'
import { appError } from '../errors.js'
import { upstreamOf } from '../project-lineage.js'
import { assetNamed } from '../select.js'
import type { Session } from '../session.js'
import type { AlertMethods } from './api.js'
import { assetSummary, surroundings } from './asset-summary.js'
import type { AssetDetail, AssetSummary, CheckHistory, ColumnDetail } from './shapes.js'
import { readStandings } from './standings.js'

const PAST_STEPS = 30
const PAST_RELEASES = 20
const RESULTS_PER_CHECK = 20
const OPEN_ALERTS = 1000

export async function readAssets(session: Session, alerts: AlertMethods): Promise<readonly AssetSummary[]> {
  const [standings, open] = await Promise.all([
    readStandings(session, session.loaded.project.assets, 'all'),
    alerts.alerts({ states: null, asset: null, limit: OPEN_ALERTS }),
  ])
  const around = surroundings(session.loaded.project, open)
  return standings.map((standing) => assetSummary(standing, around))
}

export async function readAsset(session: Session, alerts: AlertMethods, name: string): Promise<AssetDetail> {
  const { project } = session.loaded
  const asset = assetNamed(project, name)
  const store = await session.services.store()
  const [[standing], state, open, history, code] = await Promise.all([
    readStandings(session, [asset], 'all'),
    store.assetStates([asset.name]).then((states) => states.get(asset.name)),
    alerts.alerts({ states: null, asset: asset.name, limit: OPEN_ALERTS }),
    readHistory(store, asset),
    codeOf(asset, project),
  ])
  return {
    // One asset was asked for.
    ...assetSummary(standing!, surroundings(project, open)),
    file: asset.file,
    code,
    language: asset.body.kind === 'source' ? 'yaml' : asset.body.kind,
    columns: columnsOf(asset, state),
    key: asset.key,
    time: asset.time ?? null,
    budgetMs: asset.budget.durationMs ?? null,
    timeoutMs: asset.timeoutMs,
    upstream: asset.body.kind === 'source' ? upstreamOf(asset.body.source) : null,
    pending: state?.pending ?? [],
    ...history,
    alerts: open,
  }
}

async function readHistory(store: StateStore, asset: Asset) {
  const { history } = store
  const [[newest], past, judged, releases, metrics, deliveries] = await Promise.all([
    store.steps(asset.name, 1),
    history.steps(asset.name, PAST_STEPS),
    history.judgements(asset.name, Math.max(1, asset.checks.length) * RESULTS_PER_CHECK),
    history.releasesOf(asset.name, PAST_RELEASES),
    history.metricNames(asset.name),
    store.deliveries(),
  ])
  return {
    checkHistory: checkHistory(asset, judged),
    // Sample rows and tenants of every step would be megabytes: the newest has them, the others are one click away.
    steps: past.map((step) => (step.run === newest?.run ? newest : { ...step, checks: [], metrics: [] })),
    deliveryRecords: declaredDeliveries({ assets: [asset] }, deliveries),
    releases,
    metrics,
  }
}

function checkHistory(asset: Asset, judged: readonly Judgement[]): CheckHistory[] {
  return asset.checks.map((check) => ({
    check: check.name,
    kind: check.kind,
    severity: check.severity,
    onFail: check.onFail,
    column: 'column' in check ? check.column : null,
    results: judged
      .filter((result) => result.check === check.name)
      .slice(0, RESULTS_PER_CHECK)
      .map(({ run, at, status, failedRows, rows, value, message }) => ({
        run,
        at,
        status,
        failedRows,
        rows,
        value: value !== null && Number.isFinite(value) ? value : null,
        message,
      })),
  }))
}

/** Columns as released; before the first release as declared. */
function columnsOf(asset: Asset, state: AssetState | undefined): ColumnDetail[] {
  const declared = new Map(asset.columns.map((column) => [column.name, column]))
  const released = state?.columns ?? []
  const types = new Map(released.map(({ name, type }) => [name, type]))
  const names = released.length > 0 ? columnNames(released) : [...declared.keys()]
  return names.map((name) => ({
    name,
    type: types.get(name) ?? declared.get(name)?.type ?? null,
    description: declared.get(name)?.description ?? '',
    key: asset.key.includes(name),
  }))
}

/** The file as it is on the disk; empty once it is gone. */
async function codeOf(asset: Asset, project: Project): Promise<string> {
  try {
    return await readFile(join(project.root, asset.file), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** @throws ASSET_UNKNOWN, ASSET_NOT_RELEASED */
export async function previewAsset(
  { loaded, services }: Session,
  name: string,
  limit: number,
  signal: AbortSignal,
): Promise<QueryResult> {
  const asset = assetNamed(loaded.project, name)
  const state = (await (await services.store()).assetStates([asset.name])).get(asset.name)
  if (!state?.relation) throw appError('ASSET_NOT_RELEASED', { asset: asset.name })
  const engine = await services.engine()
  const sql = `select * from ${quoteQualified(asset.name)}`
  return engine.query({ sql, parameters: {}, maxRows: limit }, signal)
}
