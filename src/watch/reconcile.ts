import type { AlertView, KeptAlert } from '../adapters/state/alert-store.js'
import type { Alert, AlertEvent, AlertKind, AlertState } from '../domain/alert.js'
import { worse } from '../domain/alert-route.js'
import { type Blame, findCauses } from './causes.js'
import { silencedUntil } from './silences.js'
import type { Symptom } from './symptom.js'
import { type Telling, tell, worsened } from './telling.js'

export type LookResult = Readonly<{
  symptoms: readonly Symptom[]
  /** True for an alert this look has nothing new about: it stays as it is. */
  isUndecided: (alert: Alert) => boolean
  blame: Blame
  now: number
}>

export type Reconciled = Readonly<{
  /** New and changed alerts. */
  kept: readonly KeptAlert[]
  tellings: readonly Telling[]
}>

/** Trouble that came and went so often within `FLAP_WINDOW_MS` is told once more, and then stays until it is calm. */
const FLAPPING = 2
export const FLAP_WINDOW_MS = 60 * 60_000
const CALM_MS = 30 * 60_000
const CALM = 'It is not there now. It came and went before, so it is over only after half an hour without it.'
/** An alert that is there and unchanged is written again after so long only. */
const REWRITE_MS = 60_000

/**
 * What becomes of alerts at a look.
 *
 * (new) → pending: a symptom whose key no open alert has.
 * pending → firing: seen in `confirmAfter` runs. Often in the same look.
 * firing → acknowledged: by a person, see `acknowledge`.
 * pending, firing, acknowledged → resolved: its symptom is gone. Where the same trouble has come and gone
 * `FLAPPING` times within an hour, only after `CALM_MS` without it.
 *
 * A resolved alert never changes again but for being told. Pure: the same input gives the same answer.
 */
export function reconcile(view: AlertView, look: LookResult): Reconciled {
  const before = new Map(view.kept.map((kept) => [kept.alert.id, kept]))
  const symptoms = new Map(look.symptoms.map((symptom) => [symptom.key, symptom]))
  const open = view.kept.filter(({ alert }) => alert.state !== 'resolved')
  const followed = open.map((kept) => followUp(kept, symptoms.get(kept.alert.key), look))
  const known = new Set(open.map(({ alert }) => alert.key))
  const opened = [...symptoms.values()]
    .filter(({ key }) => !known.has(key))
    .map((symptom, index) => openAlert(symptom, view.nextId + index, view, look.now))
  const resolvedBefore = view.kept.filter(({ alert }) => alert.state === 'resolved')
  const confirmed = [...followed, ...opened].map((kept) =>
    confirm(kept, symptoms.get(kept.alert.key), look.now),
  )
  const placed = withCauses(confirmed, look.blame)
  const silenced = [...placed, ...resolvedBefore].map((kept) => withSilence(kept, view, look.now))
  const { kept, tellings } = tell(silenced, look.now)
  const changed = kept.filter((each) => before.get(each.alert.id) !== each)
  return { kept: changed, tellings: [...tellings, ...worsened(changed, kept, before, look.now)] }
}

const event = (at: number, state: AlertState, note = ''): AlertEvent => ({ at, state, by: 'millrace', note })

function openAlert(symptom: Symptom, id: number, { kept }: AlertView, now: number): KeptAlert {
  const { confirmAfter: _confirmAfter, ...facts } = symptom
  const returns = kept.filter(
    ({ alert }) =>
      alert.key === symptom.key && alert.firedAt !== null && (alert.resolvedAt ?? 0) > now - FLAP_WINDOW_MS,
  ).length
  const alert: Alert = {
    ...facts,
    id,
    state: 'pending',
    cause: null,
    since: now,
    firedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    silencedUntil: null,
    occurrences: 1,
    events: [event(now, 'pending')],
  }
  return { alert, told: null, seenAt: now, returns }
}

function followUp(kept: KeptAlert, symptom: Symptom | undefined, look: LookResult): KeptAlert {
  if (symptom) return seenAgain(kept, symptom, look.now)
  if (look.isUndecided(kept.alert)) return kept
  const { alert } = kept
  const isFlapping = alert.state !== 'pending' && kept.returns >= FLAPPING
  if (isFlapping && look.now - kept.seenAt < CALM_MS) return calm(kept)
  return {
    ...kept,
    alert: {
      ...alert,
      state: 'resolved',
      resolvedAt: look.now,
      events: [...alert.events, event(look.now, 'resolved', resolvedNote(alert))],
    },
  }
}

/** What goes by the old words would look for trouble that is not there. */
function calm(kept: KeptAlert): KeptAlert {
  const { alert } = kept
  return alert.effect === CALM ? kept : { ...kept, alert: { ...alert, effect: CALM } }
}

const BANDED: ReadonlySet<AlertKind> = new Set(['slow', 'rows', 'freshness', 'check_value'])

const resolvedNote = ({ kind, observation }: Alert): string =>
  BANDED.has(kind) && observation?.low != null ? 'within the usual band again, or usual by now' : ''

function seenAgain(kept: KeptAlert, symptom: Symptom, now: number): KeptAlert {
  const { alert } = kept
  const isNewRun = symptom.run !== alert.run
  const isWorse = worse(symptom.severity, alert.severity) !== alert.severity
  const isBack = alert.effect === CALM
  if (!isNewRun && !isWorse && !isBack && now - kept.seenAt < REWRITE_MS) return kept
  const { confirmAfter: _confirmAfter, ...facts } = symptom
  const occurrences = alert.occurrences + (isNewRun ? 1 : 0)
  // As bad as it ever was: who was told of it is told when it is over.
  const severity = worse(symptom.severity, alert.severity)
  return { ...kept, seenAt: now, alert: { ...alert, ...facts, severity, occurrences } }
}

function confirm(kept: KeptAlert, symptom: Symptom | undefined, now: number): KeptAlert {
  const { alert, returns } = kept
  if (alert.state !== 'pending' || !symptom || alert.occurrences < symptom.confirmAfter) return kept
  const note = returns >= FLAPPING ? `comes and goes: ${returns + 1} times within an hour` : ''
  // Pending was nothing anybody could see: one event tells all.
  const events = alert.since === now ? alert.events.slice(0, -1) : alert.events
  return {
    ...kept,
    alert: { ...alert, state: 'firing', firedAt: now, events: [...events, event(now, 'firing', note)] },
  }
}

function withCauses(kept: readonly KeptAlert[], blame: Blame): KeptAlert[] {
  const open = kept.map(({ alert }) => alert).filter(({ state }) => state !== 'resolved')
  const causes = findCauses(open, blame)
  return kept.map((each) => {
    const cause = causes.get(each.alert.id)
    if (cause === undefined || cause === each.alert.cause) return each
    return { ...each, alert: { ...each.alert, cause } }
  })
}

/** With the end of the silences that match it now. */
export function withSilence(
  kept: KeptAlert,
  { silences }: Pick<AlertView, 'silences'>,
  now: number,
): KeptAlert {
  const until = silencedUntil(kept.alert, silences, now)
  // A silence that is over leaves its end behind until the alert is written for another reason.
  const isOver = until === null && (kept.alert.silencedUntil ?? 0) <= now
  if (until === kept.alert.silencedUntil || isOver) return kept
  return { ...kept, alert: { ...kept.alert, silencedUntil: until } }
}
