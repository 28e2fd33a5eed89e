import { MillraceError } from '../../base/errors.js'
import type { Tick } from '../../domain/schedule.js'
import type { RunEvent } from '../../executor/events.js'
import type { RunOutcome, RunRequestBody } from '../api/api.js'
import { sourcesOf } from '../api/run-actions.js'
import { findProject } from '../load.js'
import type { Retiring } from '../plan-project.js'
import { mistakesOf } from '../project-diagnostics.js'
import { runProject } from '../run-project.js'
import { selectAssets } from '../select.js'
import type { Session, SessionOptions } from '../session.js'
import { EventHub } from './event-hub.js'
import { Lending } from './lending.js'
import type { LiveProject, Ticket } from './live.js'
import { projectMarks } from './project-marks.js'
import { keepReloading } from './reload.js'
import { type Touches, touchesOf } from './run-order.js'
import { Cancelled, RunQueue } from './run-queue.js'
import { RunningSteps } from './running-steps.js'
import { openUsable, reloadUsable } from './usable-session.js'

/** Enough that a few slow ones leave room for those that are due every second. */
export const RUNS_AT_ONCE = 4

type LiveOptions = SessionOptions & Readonly<{ runsAtOnce: number }>
type RunListener = (run: number, event: RunEvent) => void

/** Opens a project to stay open. @throws PROJECT_NOT_FOUND, PROJECT_INVALID, ENGINE_BUSY, STATE_UNREACHABLE */
export async function openLiveProject(given: SessionOptions): Promise<LiveProject> {
  const options = { ...given, runsAtOnce: given.runsAtOnce ?? RUNS_AT_ONCE }
  // Before anything is read: an edit made meanwhile is then seen as one.
  const marks = await projectMarks(findProject(options.folder))
  return liveProject(await openUsable(options), marks, options)
}

function liveProject(first: Session, marks: string, options: LiveOptions): LiveProject {
  const { clock } = options
  const lending = new Lending(first)
  const hub = new EventHub(clock)
  const running = new RunningSteps()
  const listeners = new Set<RunListener>()
  const reloadListeners = new Set<() => void>()
  const attended = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  let broken: MillraceError | null = null
  let loadedAt = clock.now()

  const perform = (
    request: RunRequestBody & Retiring,
    emit: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<RunOutcome> =>
    lending.use(async (session) => {
      let run = 0
      const tell = (event: RunEvent) => {
        if (event.kind === 'run-started') run = event.run
        running.note(run, event, clock.now())
        hub.publish({ kind: 'run', run, event })
        emit(event)
        for (const listener of listeners) listener(run, event)
      }
      const { result } = await runProject(session, request, tell, signal)
      return { result, sources: sourcesOf(session) }
    })
  const queue = new RunQueue({
    perform,
    clock,
    onChange: (entries) => hub.publish({ kind: 'queue', queue: entries }),
    touches: ({ select }) => touchesIn(lending.current, select),
    atOnce: options.runsAtOnce,
  })

  const reloading = keepReloading({
    clock,
    root: first.loaded.project.root,
    marks,
    reload: () => reloadUsable(lending.current, options.env),
    onGood: (session) => {
      broken = null
      loadedAt = clock.now()
      lending.swap(session)
      hub.publish({ kind: 'project', state: 'good', diagnostics: session.loaded.warnings })
      for (const listener of reloadListeners) listener()
    },
    onBroken: (error) => {
      broken = error
      first.services.log.warn({ err: error }, 'the project on disk cannot be run; the last good one runs on')
      hub.publish({ kind: 'project', state: 'broken', diagnostics: mistakesOf(error) })
    },
  })

  const attend = (work: Promise<unknown>) => {
    const settled = work.catch(() => {}).finally(() => attended.delete(settled))
    attended.add(settled)
  }

  return {
    get session() {
      return lending.current
    },
    get broken() {
      return broken
    },
    get loadedAt() {
      return loadedAt
    },
    refresh: () => reloading.now(),
    use: (work) => lending.use(work),
    enqueue: (request, ticks, after) => {
      const ticket = queue.enqueue(request, after)
      if (ticks.length > 0) attend(lending.use((session) => noteBegun(ticket, ticks, session)))
      return ticket
    },
    queue: () => queue.list(),
    running: (run) => running.of(run),
    cancel: (run, by) => void queue.cancel(run, by),
    publish: (event) => hub.publish(event),
    events: (after, signal) => hub.events(after, signal),
    stopping: stopping.signal,
    attend,
    onReload: (listener) => {
      reloadListeners.add(listener)
      return () => void reloadListeners.delete(listener)
    },
    onRun: (listener) => void listeners.add(listener),
    stop: async (graceMs) => {
      stopping.abort()
      await reloading.stop()
      await queue.close(graceMs)
      // What was kept going by the runs writes down how they ended.
      await Promise.all(attended)
      await lending.close()
    },
  }
}

/** Asked for each waiting run whenever one begins or ends, while a session changes seldom. */
const reckoned = new WeakMap<Session, Map<string | null, Touches>>()

function touchesIn(session: Session, select: string | null): Touches {
  const known = reckoned.get(session) ?? new Map<string | null, Touches>()
  reckoned.set(session, known)
  const found = known.get(select) ?? reckonTouches(session, select)
  // Selections are typed by people: there is no end of them.
  if (known.size < MOST_SELECTIONS) known.set(select, found)
  return found
}

const MOST_SELECTIONS = 1_000

function reckonTouches(
  { loaded: { project }, services: { together } }: Session,
  select: string | null,
): Touches {
  try {
    return touchesOf(project, select === null ? null : selectAssets(project, select), together)
  } catch (error) {
    // Nothing is there that it could touch. It begins, and fails with that word.
    if (error instanceof MillraceError) return touchesOf(project, [], together)
    throw error
  }
}

/** Writes the run's number on the records of its ticks as soon as it has one. */
async function noteBegun(ticket: Ticket, ticks: readonly Tick[], { services }: Session): Promise<void> {
  for await (const event of ticket.events(new AbortController().signal)) {
    if (event.kind !== 'run-started') continue
    await (await services.store()).ticks.began(ticks, event.run)
    return
  }
}

/** True if a run ended because somebody wanted it to. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof Cancelled || (error instanceof MillraceError && error.code === 'SERVER_STOPPING')
