import { DateTime } from 'luxon'
import type { TickStore } from '../../adapters/state/tick-store.js'
import { messageOf } from '../../base/errors.js'
import type { AssetName } from '../../domain/asset.js'
import { assetsOfTick, withNeverReleased } from '../../planner/schedule/due-assets.js'
import type { DueTicks, Scheduled, TickOutcome } from '../../scheduler/scheduled.js'
import { keepSchedule } from '../../scheduler/scheduler.js'
import type { Session } from '../session.js'
import type { LiveProject } from './live.js'

/** Something beside assets that has ticks of its own: reports. Each subject is done by itself. */
export type OtherScheduled = Readonly<{
  scheduled(): readonly Scheduled[]
  /** Rejecting is for what could not be done at all; its message is kept with the tick, or the tick is given back. */
  start(subject: string, at: number, signal: AbortSignal): Promise<TickOutcome>
}>

const ASSET = 'asset:'
const ASSETS_LANE = 'assets'

/**
 * Starts what is due of a project that stays open, until the signal is aborted or the project stops. The assets that
 * are due at one moment are one run, with everything that follows them; others that are due at the same moment wait
 * for that run, so that they show its rows.
 */
export function keepLiveSchedule(
  live: LiveProject,
  others: readonly OtherScheduled[],
  signal: AbortSignal,
): Promise<void> {
  const ended = AbortSignal.any([signal, live.stopping])
  const schedulesOf = rememberLast(assetSchedules)
  let assetRun: AssetRun | null = null
  const keeping = keepSchedule(
    {
      clock: live.session.services.clock,
      log: live.session.services.log,
      ticks: ticksOf(live),
      timezone: () => live.session.loaded.project.timezone,
      scheduled: () => [...schedulesOf(live.session), ...others.flatMap((other) => other.scheduled())],
      lane: (subject) => (subject.startsWith(ASSET) ? ASSETS_LANE : subject),
      onChange: (wake) => live.onReload(wake),
      start: (due) => {
        const [first] = due.ticks
        if (first?.subject.startsWith(ASSET)) {
          const outcome = startAssets(due, live, ended)
          assetRun = { moments: new Set(due.ticks.map(({ at }) => at)), ended: outcome.catch(() => {}) }
          return outcome
        }
        return startOther(due, others, assetRun, ended)
      },
    },
    ended,
  )
  live.attend(keeping)
  return keeping
}

type AssetRun = Readonly<{ moments: ReadonlySet<number>; ended: Promise<unknown> }>

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

async function startAssets(due: DueTicks, live: LiveProject, ended: AbortSignal): Promise<TickOutcome> {
  const { project } = live.session.loaded
  const names = new Set(due.ticks.map(({ subject }) => subject.slice(ASSET.length)))
  const chosen = assetsOfTick(project.assets, names)
  if (chosen.length === 0) return { run: null, note: 'it left the project' }
  const released = await releasedAssets(live)
  const assets = withNeverReleased(project.assets, chosen, (name) => released.has(name))
  const request = {
    select: assets.join(' '),
    full: false,
    start: null,
    end: null,
    accept: [],
    retire: true,
    trigger: wordsOf(due, [...names], project.timezone),
  }
  try {
    const { result } = await live.enqueue(request, due.ticks).outcome
    return { run: result.run, note: result.status === 'done' ? '' : result.status }
  } catch (error) {
    // Cut off by a stop: given back, and made at the next start.
    if (ended.aborted) throw error
    live.session.services.log.warn({ err: error, assets }, 'a scheduled run did not come to its end')
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
  assetRun: AssetRun | null,
  signal: AbortSignal,
): Promise<TickOutcome> {
  const last = ticks.reduce((a, b) => (b.at > a.at ? b : a))
  const other = others.find((one) => one.scheduled().some(({ subject }) => subject === last.subject))
  if (!other) return { run: null, note: 'it is no longer there' }
  if (assetRun?.moments.has(last.at)) await assetRun.ended
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
