import type { AlertChange } from '../adapters/state/alert-store.js'
import type { Alert } from '../domain/alert.js'
import { blameOf } from '../watch/causes.js'
import { findSymptoms } from '../watch/find-symptoms.js'
import type { Look } from '../watch/look.js'
import { FLAP_WINDOW_MS, reconcile } from '../watch/reconcile.js'
import { messagesOf } from '../watch/routing.js'
import { isUndecided } from '../watch/undecided.js'
import type { Session } from './session.js'
import { type Circumstances, gatherLook, type Remembered } from './watch/gather-look.js'
import { createHabits } from './watch/habits.js'
import { createSlowdowns } from './watch/slowdowns.js'
import { createWatchMemory } from './watch/watch-memory.js'

/** A process that looks once reads less of the past than one that stays: somebody waits for it. */
const ONE_LOOK = { firstSteps: 100, histories: 5 }
const A_WATCH = { firstSteps: 300, histories: 20 }

/** What a watch keeps from one look to the next. */
export const createWatch = ({ firstSteps, histories } = A_WATCH): Remembered => ({
  memory: createWatchMemory(),
  habits: createHabits(),
  slowdowns: createSlowdowns(histories),
  firstSteps,
})

export type WatchOptions = Partial<Circumstances> &
  Readonly<{
    remembered?: Remembered
    /** Page of an alert in the console. */
    linkTo?: (alert: number) => string | null
  }>

/** Another process looked at the same moment; after so many times it has certainly seen what there is. */
const TRIES = 3

/**
 * One look: what is wrong now, and what that makes of the alerts. Writes the changes and the messages about them in
 * one transaction; `sendDue` sends them. Returns the alerts that are new or changed.
 */
export async function watchProject(
  session: Session,
  now: number,
  options: WatchOptions = {},
): Promise<readonly Alert[]> {
  const remembered = options.remembered ?? createWatch(ONE_LOOK)
  const store = await session.services.store()
  for (let tries = 1; tries <= TRIES; tries++) {
    const mark = await store.alerts.looked()
    const { look, run } = await gatherLook(session, now, mark, remembered, {
      ticks: options.ticks ?? null,
      broken: options.broken ?? null,
      reports: options.reports ?? null,
    })
    const change = await store.alerts.change(
      // What another process wrote since was made of newer facts than these.
      (view) =>
        view.looks === mark.looks ? decide(view, look, session, run > mark.run ? run : null, options) : STALE,
      { resolvedSince: now - FLAP_WINDOW_MS },
    )
    if (change !== STALE) return change.kept.map(({ alert }) => alert)
  }
  return []
}

const STALE: AlertChange = { kept: [], messages: [], look: null }

function decide(
  view: Parameters<typeof reconcile>[0],
  look: Look,
  session: Session,
  run: number | null,
  options: WatchOptions,
): AlertChange {
  const { kept, tellings } = reconcile(view, {
    symptoms: findSymptoms(look),
    isUndecided: (alert) => isUndecided(alert, look),
    blame: blameOf(look),
    now: look.now,
  })
  const sender = senderOf(session, options.linkTo)
  return {
    kept,
    messages: tellings.flatMap((telling) => messagesOf(telling, sender, look.now)),
    look: run === null ? null : { looks: view.looks + 1, run },
  }
}

/** Who sends, and whereto. */
export const senderOf = (
  { loaded, services }: Session,
  linkTo: (alert: number) => string | null = () => null,
) => ({
  project: loaded.project.name,
  environment: services.environment,
  routes: loaded.project.alerts.routes,
  linkTo,
})
