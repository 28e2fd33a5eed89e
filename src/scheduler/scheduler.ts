import type { TickClaim, TickStore } from '../adapters/state/tick-store.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/log.js'
import type { Tick } from '../domain/schedule.js'
import type { DueAction } from '../planner/schedule/due.js'
import { Alarm } from './alarm.js'
import type { DueTicks, Scheduled, TickOutcome } from './scheduled.js'
import { Starts } from './starts.js'
import { Subjects } from './subjects.js'
import { TakenTicks } from './taken-ticks.js'

export type ScheduleDeps = Readonly<{
  clock: Clock
  log: Logger
  ticks: TickStore
  timezone(): string
  scheduled(): readonly Scheduled[]
  /**
   * Does what is due; resolves when it has ended, however it ended. Rejecting is for what could not even begin, and
   * for a stop: the ticks are then given back.
   */
  start(due: DueTicks): Promise<TickOutcome>
  /** What is due at one moment and has the same lane is done in one go. Left out: everything. */
  lane?(subject: string): string
  /** Has `wake` called when what is scheduled changes; returns how to end that. */
  onChange?(wake: () => void): () => void
  /** Clocks may be set, machines may sleep: it is looked at least so often. */
  longestSleepMs?: number
}>

const LONGEST_SLEEP_MS = 30_000
/** A look that comes later than this after it should have: nothing ran meanwhile. */
const ASLEEP_MS = 60_000
/** Wait after the state could not be reached. */
const AGAIN_MS = 5_000
const TIDY_EVERY_MS = 3_600_000
const KEPT_MS = 90 * 86_400_000
const KEPT_OF_EACH = 500

/**
 * Starts what is due, until the signal is aborted, and then waits for what it has started. Each tick is claimed in the
 * state before it is started, so it runs once however many processes there are and whenever they die. While a
 * subject's run goes on, later ticks of it wait, and are one run when it has ended.
 */
export async function keepSchedule(deps: ScheduleDeps, signal: AbortSignal): Promise<void> {
  const alarm = new Alarm(deps.clock)
  const subjects = new Subjects(deps.ticks)
  const starts = new Starts({ ...deps, start: (due) => deps.start(due), onEnd: () => alarm.ring() }, signal)
  const unsubscribe = deps.onChange?.(() => alarm.ring())
  const look = looker(deps, subjects, starts)
  while (!signal.aborted) {
    const sleepMs = await look().catch((error: unknown) => {
      deps.log.error({ err: error }, 'the schedule could not be looked at; trying again')
      return AGAIN_MS
    })
    await alarm.sleep(sleepMs, signal)
  }
  unsubscribe?.()
  await starts.ended()
}

/** One look: takes up, claims and starts what is due. Resolves to how long the next look may wait, in ms. */
function looker(deps: ScheduleDeps, subjects: Subjects, starts: Starts): () => Promise<number> {
  const { clock, ticks } = deps
  const longestMs = deps.longestSleepMs ?? LONGEST_SLEEP_MS
  const taken = new TakenTicks()
  let lastLook = Number.NEGATIVE_INFINITY
  let missedUntil = Number.NEGATIVE_INFINITY
  let tidied = Number.NEGATIVE_INFINITY

  return async () => {
    const now = clock.now()
    if (now - lastLook > longestMs + ASLEEP_MS) missedUntil = now
    if (now < lastLook) {
      // The clock was put back: what is dealt with, and what was missed, lies ahead of it.
      subjects.askAgain()
      missedUntil = Math.min(missedUntil, now)
    }
    lastLook = now
    await follow(deps, subjects, taken, { now, missedUntil })
    if (now - tidied > TIDY_EVERY_MS || now < tidied) {
      await takeUp(deps, subjects, taken)
      await ticks.prune(now - KEPT_MS, KEPT_OF_EACH)
      tidied = now
    }
    const due = dueOf(subjects, starts, taken, { now, missedUntil })
    if (due.length > 0) await claimAndStart(due, deps, subjects, starts, taken)
    const next = subjects.next((subject) => !starts.has(subject))
    return next === null ? longestMs : Math.min(Math.max(next - clock.now(), 0), longestMs)
  }
}

/** `now` and up to when ticks passed while nothing ran. */
type Moment = Readonly<{ now: number; missedUntil: number }>

/**
 * Takes up what is scheduled by now. Ticks of a timetable that was edited keep their run if their time had come: they
 * waited for a run that goes on.
 */
async function follow(
  deps: ScheduleDeps,
  subjects: Subjects,
  taken: TakenTicks,
  { now, missedUntil }: Moment,
): Promise<void> {
  const [scheduled, timezone] = [deps.scheduled(), deps.timezone()]
  const waiting = subjects
    .edited(scheduled, timezone)
    .flatMap((subject) => subjects.due(subject, now, missedUntil).map((action) => claimOf(subject, action)))
  if (waiting.length > 0) {
    const runs = new Set(waiting.filter(({ status }) => status === 'running').map(keyOf))
    for (const tick of await deps.ticks.claim(waiting)) if (runs.has(keyOf(tick))) taken.add(tick)
  }
  await subjects.follow(scheduled, timezone, now)
  await leaveOut(taken, subjects, deps.ticks)
}

/** Ticks of processes that died, and those that were given back. */
async function takeUp({ ticks, log }: ScheduleDeps, subjects: Subjects, taken: TakenTicks): Promise<void> {
  for (const { subject, at } of await ticks.takeUp()) {
    taken.add({ subject, at })
    log.info({ subject, at }, 'a run that was cut off is made again')
  }
  await leaveOut(taken, subjects, ticks)
}

async function leaveOut(taken: TakenTicks, subjects: Subjects, ticks: TickStore): Promise<void> {
  const gone = taken.removeUnless((subject) => subjects.get(subject) !== null)
  if (gone.length > 0)
    await ticks.settle(gone, { status: 'left_out', run: null, note: 'it is no longer scheduled' })
}

/** What one subject has to have done: ticks that were taken up, and what is due now. */
type SubjectDue = Readonly<{ subject: string; again: readonly Tick[]; actions: readonly DueAction[] }>

function dueOf(
  subjects: Subjects,
  starts: Starts,
  taken: TakenTicks,
  { now, missedUntil }: Moment,
): SubjectDue[] {
  const found: SubjectDue[] = []
  for (const subject of subjects.names()) {
    if (starts.has(subject)) continue
    const again = taken.of(subject)
    const oneByOne = subjects.get(subject)?.schedule.catchUp === 'all'
    const due =
      oneByOne && again.length > 0
        ? { subject, again: again.slice(0, 1), actions: [] }
        : { subject, again, actions: subjects.due(subject, now, missedUntil) }
    if (due.again.length > 0 || due.actions.length > 0) found.push(due)
  }
  return found
}

async function claimAndStart(
  due: readonly SubjectDue[],
  deps: ScheduleDeps,
  subjects: Subjects,
  starts: Starts,
  taken: TakenTicks,
): Promise<void> {
  const claims = due.flatMap(({ subject, actions }) => actions.map((action) => claimOf(subject, action)))
  const got = new Set((await deps.ticks.claim(claims)).map(keyOf))
  const lanes = new Map<string, { ticks: Tick[]; missed: boolean }>()
  for (const { subject, again, actions } of due) {
    const lane = deps.lane?.(subject) ?? ''
    const work = lanes.get(lane) ?? { ticks: [], missed: false }
    lanes.set(lane, work)
    taken.begin(subject, again.length)
    work.ticks.push(...again)
    work.missed ||= again.length > 0
    for (const { kind, at, missed } of actions) {
      if (!got.has(keyOf({ subject, at }))) subjects.askAgain()
      else if (kind === 'run') {
        work.ticks.push({ subject, at })
        work.missed ||= missed
      }
      subjects.settle(subject, at)
    }
  }
  for (const work of lanes.values()) if (work.ticks.length > 0) starts.begin(work)
}

const keyOf = ({ subject, at }: Tick): string => `${subject} ${at}`

function claimOf(subject: string, { kind, since, at }: DueAction): TickClaim {
  const others = since === at ? '' : `stands for all ticks since ${new Date(since).toISOString()}`
  return kind === 'run'
    ? { subject, at, status: 'running', note: others }
    : {
        subject,
        at,
        status: 'left_out',
        note: ['missed while nothing ran', others].filter(Boolean).join('; '),
      }
}
