import { existsSync } from 'node:fs'
import { isTransient, MillraceError } from '../base/errors.js'
import type { Asset, AssetName } from '../domain/asset.js'
import { declaredTypes } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { Column } from '../domain/column.js'
import { parseInstant } from '../domain/instant.js'
import { ceilToGrain, type Interval } from '../domain/interval.js'
import type { Project } from '../domain/project.js'
import { buildPlan } from '../planner/build-plan.js'
import { fingerprints } from '../planner/fingerprint.js'
import type { Plan } from '../planner/plan.js'
import { appError } from './errors.js'
import { bindProject } from './load.js'
import { selectAssets } from './select.js'
import type { Session } from './session.js'

export type PlanRequest = Readonly<{
  /** Selectors as written: `+marts.status tag:daily`; null: everything. */
  select: string | null
  full: boolean
  /** Part of event time, as written, in the project's zone; `end` is not included. */
  start: string | null
  end: string | null
}>

/**
 * `retire`: assets that left the project go too, though others are selected. A schedule names what it builds and yet
 * means the whole project.
 */
export type Retiring = Readonly<{ retire?: boolean }>

/**
 * What a source that cannot be read yet means. `refused`: no plan is made of it. `left`: its own step will fail, and
 * nobody else's; so a mistake in one new source does not keep the others from being loaded.
 */
type Unreadable = 'refused' | 'left'

/**
 * What a run would do now: loads nothing, changes nothing. Statements are bound first, so a plan is only made
 * of a project that can be built.
 * @throws PROJECT_INVALID, SELECTION_UNKNOWN, WINDOW_INVALID, WINDOW_EMPTY
 */
export async function planProject(
  session: Session,
  request: PlanRequest & Retiring,
  unreadable: Unreadable = 'refused',
): Promise<Plan> {
  const { project } = session.loaded
  const { clock, environment } = session.services
  const selected = request.select === null ? null : selectAssets(project, request.select)
  const window = windowOf(request, project, clock.now())
  const recorded = recordedState(session)
  // The engine binds on threads of its own while the state is opened and read.
  const [bound, state] = await Promise.allSettled([
    knownColumns(session, async () => (await recorded).states, unreadable).then((known) =>
      bindProject(session.loaded, known),
    ),
    recorded,
  ])
  if (state.status === 'rejected') throw state.reason
  if (bound.status === 'rejected') throw bound.reason
  return buildPlan({
    project,
    environment,
    versions: fingerprints(project),
    ...state.value,
    now: clock.now(),
    retire: selected === null || (request.retire ?? false),
    options: { selected, full: request.full, window },
  })
}

/** Binds every statement as a plan of a run does. @throws PROJECT_INVALID */
export async function requireBound(session: Session): Promise<void> {
  await bindProject(session.loaded, await knownColumns(session, () => releasedStates(session), 'left'))
}

async function recordedState(session: Session) {
  const store = await session.services.store()
  return {
    states: await releasedStates(session),
    deliveries: await store.deliveries(),
    usual: await store.usualDurations(),
  }
}

/** Of a warehouse that was removed nothing is left to build upon; a run finds the same. */
async function releasedStates({ services, loaded }: Session): Promise<ReadonlyMap<AssetName, AssetState>> {
  const store = await services.store()
  return existsSync(loaded.project.warehouse.path) ? store.assetStates() : new Map()
}

/** Asked for only where an asset's columns depend on it. */
type States = () => Promise<ReadonlyMap<AssetName, AssetState>>

/** Columns of sources and TypeScript assets: as released, as declared, or as upstream has them now. */
export async function knownColumns(
  session: Session,
  states: States,
  unreadable: Unreadable = 'refused',
): Promise<ReadonlyMap<AssetName, readonly Column[]>> {
  const opaque = session.loaded.project.assets.filter(({ body }) => body.kind !== 'sql')
  const found = await Promise.all(
    opaque.map(async (asset) => [asset.name, await columnsOf(asset, states, session, unreadable)] as const),
  )
  return new Map(found.flatMap(([name, columns]) => (columns ? [[name, columns] as const] : [])))
}

async function columnsOf(
  asset: Asset,
  states: States,
  session: Session,
  unreadable: Unreadable,
): Promise<readonly Column[] | null> {
  if (asset.body.kind === 'typescript') return declaredTypes(asset)
  const released = (await states()).get(asset.name)
  if (released?.relation) return released.columns
  const source = await session.services.source(asset)
  try {
    return await source.describe(AbortSignal.timeout(10_000))
  } catch (error) {
    // A connection that is down fails its own step when it runs; the plan goes on without its columns.
    if (isTransient(error) || (unreadable === 'left' && error instanceof MillraceError)) return null
    throw error
  } finally {
    await source.close()
  }
}

/** Earliest time calendars of the engine and of this process agree on. */
const YEAR_ONE = -62_135_596_800_000

function windowOf({ start, end }: PlanRequest, project: Project, now: number): Interval | null {
  if (start === null && end === null) return null
  const from = start === null ? YEAR_ONE : instant(start, project)
  const until = end === null ? ceilToGrain(now, 'month', project.timezone) : instant(end, project)
  if (from >= until)
    throw appError('WINDOW_EMPTY', { start: start ?? 'the beginning', end: end ?? 'the end of this month' })
  return { start: from, end: until }
}

function instant(text: string, project: Project): number {
  const value = parseInstant(text, project.timezone)
  if (value === null) throw appError('WINDOW_INVALID', { text })
  return value
}
