import { join } from 'node:path'
import type { TenantCopies } from '../../adapters/engines/tenant-copies.js'
import { ahead } from '../../base/ahead.js'
import { messageOf } from '../../base/errors.js'
import type { Period, ReportRecord } from '../../domain/report.js'
import { type Answers, askReport, type TimeColumns } from '../../reports/ask-report.js'
import { bindReport, parametersOf } from '../../reports/bind-report.js'
import { checkTenants } from '../../reports/check-tenants.js'
import { reportFile } from '../../reports/file-name.js'
import { periodBefore } from '../../reports/period.js'
import { renderReport } from '../../reports/render/render-report.js'
import { assetsOf, type Report } from '../../reports/report.js'
import type { RenderRequest } from '../api/shapes.js'
import { appError } from '../errors.js'
import type { Session } from '../session.js'
import { findReport, periodOf } from './find-report.js'
import { holdReason, type States, shownAssets } from './inputs.js'
import { readStamp, writePage } from './page-file.js'
import { type PageFolder, preparePageFolder } from './page-folder.js'
import { stamper } from './stamp.js'

export type Emit = (record: ReportRecord) => void

/** Everything that is the same for all tenants of one rendering. */
type Job = Readonly<{
  session: Session
  report: Report
  period: Period
  out: PageFolder
  /** Whether the folder's names are told apart by letter case. */
  tellsCase: boolean
  states: States
  emit: Emit
  signal: AbortSignal
}>

/** Where pages go if nobody says otherwise. */
export const ownFolder = (session: Session): string => join(session.loaded.project.home, 'reports')

/**
 * Makes a report for one tenant or all. What is held keeps its last page; what would come out the same is left as it
 * is; a tenant whose rows make a query fail does not keep the others from theirs.
 * @throws REPORT_UNKNOWN, REPORT_INVALID, REPORT_FOLDER_UNWRITABLE, TENANT_UNKNOWN, TENANT_NOT_ASKED, PERIOD_INVALID
 */
export async function renderReports(
  session: Session,
  request: RenderRequest,
  emit: Emit,
  signal: AbortSignal,
): Promise<readonly ReportRecord[]> {
  const report = findReport(session, request.report)
  if (request.tenant !== null && !report.forEachTenant)
    throw appError('TENANT_NOT_ASKED', { report: report.name })
  const period = periodOf(session, report, request.period)
  const store = await session.services.store()
  const [states, latest] = await Promise.all([store.assetStates(), store.latestSteps()])
  const out: PageFolder =
    request.out === null ? { path: ownFolder(session), isUsers: false } : { path: request.out, isUsers: true }
  const job = { session, report, period, out, tellsCase: true, states, emit, signal }
  const reason = holdReason(report, session.loaded.project, { states, latest })
  if (reason !== null) return holdAll(job, request.tenant, reason)
  requireCut(job)
  const engine = await session.services.engine()
  const copies = await engine.openTenantCopies(copiesRequest(job), signal)
  try {
    await requireBound(job, copies)
    const tenants = await tenantsOf(job, copies, request.tenant)
    const tellsCase = await preparePageFolder(out, report.name)
    return await renderAll({ ...job, tellsCase }, copies, tenants)
  } finally {
    await copies.close()
  }
}

/** The last pages stay; the record says why there are no newer ones. */
async function holdAll(job: Job, tenant: string | null, message: string): Promise<ReportRecord[]> {
  const { session, report } = job
  const store = await session.services.store()
  const known = report.forEachTenant ? await store.reports.tenants(report.name) : []
  const tenants = tenant !== null ? [tenant] : known.length > 0 ? known : [null]
  const records = tenants.map((each) => recordOf(job, each, { status: 'held', message }))
  for (const record of records) job.emit(record)
  await store.reports.save(
    records.filter((record) => record.tenant === null || known.includes(record.tenant)),
  )
  return records
}

function requireCut({ session, report, states }: Job): void {
  const { tenant } = session.loaded.project
  if (tenant === undefined) return
  const columns = new Map([...states].map(([asset, state]) => [asset, state.columns]))
  const diagnostics = checkTenants(report, tenant, columns)
  if (diagnostics.length > 0) throw appError('REPORT_INVALID', { report: report.name, diagnostics })
}

export function copiesRequest({ session, report }: Pick<Job, 'session' | 'report'>) {
  const { project } = session.loaded
  const shared = new Set(report.shared.map(({ asset }) => asset))
  const keys = new Map(project.assets.map(({ name, key }) => [name, key]))
  return {
    assets: assetsOf(report).map((asset) => ({
      asset,
      key: keys.get(asset) ?? [],
      shared: shared.has(asset),
    })),
    tenantColumn: report.forEachTenant ? (project.tenant ?? null) : null,
  }
}

async function requireBound(job: Job, copies: TenantCopies): Promise<void> {
  const { report, signal } = job
  const empty = await copies.openEmpty()
  try {
    const diagnostics = await bindReport(report, empty, parametersFor(job), signal)
    if (diagnostics.length > 0) throw appError('REPORT_INVALID', { report: report.name, diagnostics })
  } finally {
    empty.close()
  }
}

function parametersFor({ session, period }: Job) {
  const { vars, timezone } = session.loaded.project
  return parametersOf(vars, period, periodBefore(period, timezone))
}

async function tenantsOf(
  { report }: Job,
  copies: TenantCopies,
  wanted: string | null,
): Promise<readonly (string | null)[]> {
  if (!report.forEachTenant) return [null]
  if (wanted === null) return copies.tenants
  const tenant = await copies.find(wanted)
  if (tenant === null) throw appError('TENANT_UNKNOWN', { tenant: wanted, report: report.name })
  return [tenant]
}

/** Records are saved some at a time: pages say themselves what they were made from, so none is made twice. */
const SAVED_AT_ONCE = 25
/** Tenants whose queries run, on the engine's threads, while a page is drawn on ours. Each holds its rows in memory. */
const ASKED_AHEAD = 3

async function renderAll(
  job: Job,
  copies: TenantCopies,
  tenants: readonly (string | null)[],
): Promise<readonly ReportRecord[]> {
  const { session, report, period, states } = job
  const { reports } = await session.services.store()
  const over = session.services.clock.now() >= period.end
  const stampFor = stamper(report, session.loaded.project, { states, period, over })
  const before = await reports.records({ report: report.name, period: period.label, limit: 100_000 })
  const releases = new Map(before.map(({ tenant, release }) => [tenant, release]))
  const records: ReportRecord[] = []
  let unsaved: ReportRecord[] = []
  const save = async () => {
    await reports.save(unsaved)
    unsaved = []
  }
  const note = async (record: ReportRecord) => {
    records.push(record)
    unsaved.push(record)
    job.emit(record)
    if (unsaved.length === SAVED_AT_ONCE) await save()
  }
  try {
    const wanted: (string | null)[] = []
    for (const tenant of tenants) {
      const record = await unchanged(job, tenant, stampFor(tenant), releases.get(tenant))
      if (record) await note(record)
      else wanted.push(tenant)
    }
    const answers = ahead(wanted, ASKED_AHEAD, (tenant) => ask(job, copies, tenant))
    for await (const { item: tenant, result } of answers) {
      job.signal.throwIfAborted()
      await note(await renderOne(job, copies.release, result, { tenant, stamp: stampFor(tenant) }))
    }
  } finally {
    await save()
  }
  return records
}

const fileOf = ({ report, period, tellsCase }: Job, tenant: string | null): string =>
  reportFile({ report: report.name, tenant, period: period.label }, tellsCase)

async function unchanged(
  job: Job,
  tenant: string | null,
  stamp: string,
  release: number | undefined,
): Promise<ReportRecord | null> {
  const file = fileOf(job, tenant)
  const there = await readStamp(job.out.path, file)
  if (there?.stamp !== stamp) return null
  return recordOf(job, tenant, { status: 'unchanged', file, bytes: there.bytes, ...(release && { release }) })
}

/** One tenant's answers. Its copy is closed before anything is made of them. */
async function ask(job: Job, copies: TenantCopies, tenant: string | null): Promise<Answers> {
  const copy = await copies.open(tenant, job.signal)
  try {
    const given = { parameters: parametersFor(job), times: timeColumns(job) }
    return await askReport(job.report, copy, given, job.signal)
  } finally {
    copy.close()
  }
}

async function renderOne(
  job: Job,
  release: number,
  answers: Promise<Answers>,
  { tenant, stamp }: Readonly<{ tenant: string | null; stamp: string }>,
): Promise<ReportRecord> {
  const { session, report, signal } = job
  const { clock, log } = session.services
  const began = clock.monotonic()
  const took = () => clock.monotonic() - began
  try {
    const { html, noData } = makePage(job, await answers, { tenant, stamp, release })
    const file = fileOf(job, tenant)
    const bytes = await writePage(job.out, file, html)
    const status = noData ? 'no_data' : 'rendered'
    return recordOf(job, tenant, { status, release, file, bytes, durationMs: took() })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    log.warn({ report: report.name, tenant, err: messageOf(error) }, 'a report could not be made')
    return recordOf(job, tenant, { status: 'failed', message: messageOf(error), durationMs: took() })
  }
}

function makePage(
  { session, report, period, states }: Job,
  answers: Answers,
  about: Readonly<{ tenant: string | null; stamp: string; release: number }>,
) {
  const { project } = session.loaded
  const changed = shownAssets(report, project).map(({ name }) => states.get(name)?.releasedAt ?? 0)
  return renderReport({
    ...{ report, period, ...answers, ...about },
    timezone: project.timezone,
    freshAt: Math.max(...changed),
    madeAt: session.services.clock.now(),
  })
}

function timeColumns({ session, report }: Job): TimeColumns {
  const read = new Set(assetsOf(report))
  return new Map(
    session.loaded.project.assets.flatMap(({ name, time }) =>
      time && read.has(name) ? [[name, time.column]] : [],
    ),
  )
}

function recordOf(
  { session, report, period, states }: Job,
  tenant: string | null,
  outcome: Pick<ReportRecord, 'status'> & Partial<ReportRecord>,
): ReportRecord {
  const released = assetsOf(report).map((asset) => states.get(asset)?.release ?? 0)
  return {
    report: report.name,
    tenant,
    period: period.label,
    release: Math.max(0, ...released),
    at: session.services.clock.now(),
    durationMs: 0,
    file: null,
    bytes: 0,
    message: '',
    ...outcome,
  }
}
