import { DateTime } from 'luxon'
import type { TickStore } from '../../adapters/state/tick-store.js'
import { messageOf } from '../../base/errors.js'
import type { AssetName } from '../../domain/asset.js'
import { assetsOfTick, withNeverReleased } from '../../planner/schedule/due-assets.js'
import { lanesOf } from '../../planner/schedule/lanes.js'
import type { DueTicks, Scheduled, TickOutcome } from '../../scheduler/scheduled.js'
import { keepSchedule } from '../../scheduler/scheduler.js'
import type { Session } from '../session.js'
import { type AssetRun, intersects, pauseAfter, runsToWaitFor, ticketsOf } from './asset-runs.js'
import type { LiveProject } from './live.js'
import { isCancelled } from './open-live-project.js'

/** Something beside assets that has ticks of its own: reports. Each subject is done by itself. */
export type OtherScheduled = Readonly<{
  scheduled(): readonly Scheduled[]
  /** Assets whose rows it shows: runs of the same moment that build some of them end first. Left out: all. */
  behind?(subject: string): ReadonlySet<AssetName>
  /** Rejecting is for what could not be done at all; its message is kept with the tick, or the tick is given back. */
  start(subject: string, at: number, signal: AbortSignal): Promise<TickOutcome>
}>

const ASSET = 'asset:'

/**
 * Starts what is due of a project that stays open, until the signal is aborted or the project stops. Assets that are due
 * at one moment and have anything to build in common are one run, with everything that follows them. What reads the
 * rows of another run of that moment waits for it, so that it shows them: others, and assets that are due more seldom.
 */
export function keepLiveSchedule(
  live: LiveProject,
  others: readonly OtherScheduled[],
  signal: AbortSignal,
): Promise<void> {
  const ended = AbortSignal.any([signal, live.stopping])
  const schedulesOf = rememberLast(assetSchedules)
  const lanes = rememberLast(({ loaded }: Session) => lanesOf(loaded.project.assets))
  const going = new Set<AssetRun>()
  const keeping = keepSchedule(
    {
      clock: live.session.services.clock,
      log: live.session.services.log,
      ticks: ticksOf(live),
      timezone: () => live.session.loaded.project.timezone,
      scheduled: () => [...schedulesOf(live.session), ...others.flatMap((other) => other.scheduled())],
      lane: (subject) =>
        subject.startsWith(ASSET)
          ? `${ASSET}${lanes(live.session).get(subject.slice(ASSET.length)) ?? ''}`
          : subject,
      onChange: (wake) => live.onReload(wake),
      start: (due) =>
        due.ticks[0]?.subject.startsWith(ASSET)
          ? startAssets(due, live, going, ended)
          : startOther(due, others, going, ended),
    },
    ended,
  )
  live.attend(keeping)
  return keeping
}

/** Assets with ticks of their own. */
function assetSchedules({ loaded }: Session): readonly Scheduled[] {
  return loaded.project.assets.flatMap(({ name, schedule }) =>
    schedule.kind === 'cron' ? [{ subject: `${ASSET}${name}`, schedule }] : [],
  )
}

/** Asked for at every look, while a session changes seldom. */
function rememberLast<A extends object, B>(work: (of: A) => B): (of: A) => B {
  let last: { of: A; made: B } | null = null
  return (of) => {
    if (last?.of !== of) last = { of, made: work(of) }
    return last.made
  }
}

/** Noted among those that go on at once, so that what is started in the same moment finds it. */
function startAssets(
  due: DueTicks,
  live: LiveProject,
  going: Set<AssetRun>,
  ended: AbortSignal,
): Promise<TickOutcome> {
  const { project } = live.session.loaded
  const names = new Set(due.ticks.map(({ subject }) => subject.slice(ASSET.length)))
  const chosen = assetsOfTick(project.assets, names)
  let queued = (_ticket: string | null) => {}
  const ticket = new Promise<string | null>((resolve) => {
    queued = resolve
  })
  const run = {
    moments: new Set(due.ticks.map(({ at }) => at)),
    pauseMs: pauseAfter(due.ticks, ASSET, project),
    builds: new Set(chosen),
    ticket,
  }
  const outcome = runAssets(due, { chosen, names: [...names] }, run, live, { going, ended, queued })
  const noted: AssetRun = { ...run, ended: outcome.catch(() => {}) }
  going.add(noted)
  return outcome.finally(() => {
    queued(null)
    going.delete(noted)
  })
}

type Starting = Readonly<{
  going: ReadonlySet<AssetRun>
  ended: AbortSignal
  queued: (ticket: string) => void
}>

async function runAssets(
  due: DueTicks,
  { chosen, names }: Readonly<{ chosen: readonly AssetName[]; names: readonly AssetName[] }>,
  run: Omit<AssetRun, 'ended'>,
  live: LiveProject,
  { going, ended, queued }: Starting,
): Promise<TickOutcome> {
  if (chosen.length === 0) return { run: null, note: 'it left the project' }
  const { project } = live.session.loaded
  const released = await releasedAssets(live)
  const assets = withNeverReleased(project.assets, chosen, (name) => released.has(name))
  const request = {
    select: assets.join(' '),
    full: false,
    start: null,
    end: null,
    accept: [],
    retire: true,
    trigger: wordsOf(due, names, project.timezone),
  }
  const first = await ticketsOf(runsToWaitFor(run, project, going))
  ended.throwIfAborted()
  try {
    const ticket = live.enqueue(request, due.ticks, first)
    queued(ticket.ticket)
    const { result } = await ticket.outcome
    return { run: result.run, note: result.status === 'done' ? '' : result.status }
  } catch (error) {
    // Cut off by a stop it is given back and made at the next start; what somebody cancelled is done.
    if (ended.aborted || !isCancelled(error)) throw error
    return { run: null, note: messageOf(error) }
  }
}

const releasedAssets = (live: LiveProject): Promise<ReadonlySet<AssetName>> =>
  live.use(async ({ services }) => {
    const states = await (await services.store()).assetStates()
    return new Set([...states.values()].flatMap(({ asset, relation }) => (relation === null ? [] : [asset])))
  })

/** `schedule 10:15 raw.readings and 2 more`, in the project's time zone. */
function wordsOf({ ticks, missed }: DueTicks, names: readonly AssetName[], timezone: string): string {
  const at = Math.max(...ticks.map((tick) => tick.at))
  const time = DateTime.fromMillis(at, { zone: timezone })
  const clock = time.toFormat(missed ? 'yyyy-MM-dd HH:mm' : time.second === 0 ? 'HH:mm' : 'HH:mm:ss')
  const more = names.length > 1 ? ` and ${names.length - 1} more` : ''
  return `schedule ${clock}${missed ? ', missed' : ''}: ${names[0]}${more}`
}

async function startOther(
  { ticks }: DueTicks,
  others: readonly OtherScheduled[],
  going: ReadonlySet<AssetRun>,
  signal: AbortSignal,
): Promise<TickOutcome> {
  const last = ticks.reduce((a, b) => (b.at > a.at ? b : a))
  const other = others.find((one) => one.scheduled().some(({ subject }) => subject === last.subject))
  if (!other) return { run: null, note: 'it is no longer there' }
  const behind = other.behind?.(last.subject)
  const runs = [...going].filter(
    (run) => run.moments.has(last.at) && (behind === undefined || intersects(run.builds, behind)),
  )
  await Promise.all(runs.map(({ ended }) => ended))
  signal.throwIfAborted()
  return other.start(last.subject, last.at, signal)
}

/** The ticks of the state that is current: a reload may have brought another one. */
function ticksOf(live: LiveProject): TickStore {
  const use = <T>(work: (ticks: TickStore) => Promise<T>): Promise<T> =>
    live.use(async ({ services }) => work((await services.store()).ticks))
  return {
    follow: (subjects, at) => use((ticks) => ticks.follow(subjects, at)),
    claim: (claims) => use((ticks) => ticks.claim(claims)),
    takeUp: () => use((ticks) => ticks.takeUp()),
    began: (due, run) => use((ticks) => ticks.began(due, run)),
    settle: (due, end) => use((ticks) => ticks.settle(due, end)),
    latest: (subject, limit) => use((ticks) => ticks.latest(subject, limit)),
    latestOfAll: () => use((ticks) => ticks.latestOfAll()),
    prune: (before, keep) => use((ticks) => ticks.prune(before, keep)),
  }
}
