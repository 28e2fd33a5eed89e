import type { KeptAlert } from '../adapters/state/alert-store.js'
import type { Alert, AlertState } from '../domain/alert.js'

/** A change of state that people are told of. */
export type Telling = Readonly<{
  state: Exclude<AlertState, 'pending'>
  alert: Alert
  /** Open alerts that hang below it. */
  caused: readonly Alert[]
}>

/**
 * Compares each alert's state with what was last told of it. Only roots are told to fire; what was told to fire is
 * told to be acknowledged and resolved, wherever it hangs by then. Silenced alerts wait: after the silence the state
 * they are in then is told, if it is news to anybody.
 */
export function tell(
  kept: readonly KeptAlert[],
  now: number,
): { kept: readonly KeptAlert[]; tellings: readonly Telling[] } {
  const tellings: Telling[] = []
  const after = kept.map((each): KeptAlert => {
    const state = newsOf(each, now)
    if (state === null) return each
    tellings.push({
      state,
      alert: each.alert,
      caused: state === 'resolved' ? [] : causedBy(each.alert, kept),
    })
    return { ...each, told: state }
  })
  return { kept: after, tellings }
}

function newsOf({ alert, told }: KeptAlert, now: number): Telling['state'] | null {
  if (alert.silencedUntil !== null && alert.silencedUntil > now) return null
  switch (alert.state) {
    case 'pending':
      return null
    case 'firing':
      return told === null && alert.cause === null ? 'firing' : null
    case 'acknowledged':
      return told === 'firing' ? 'acknowledged' : null
    case 'resolved':
      return told === 'firing' || told === 'acknowledged' ? 'resolved' : null
  }
}

/**
 * Alerts that people know of and that got worse. Told as firing once more: a channel has one message a change of state
 * at most, so only those hear of it that do not hear of lesser things.
 */
export function worsened(
  changed: readonly KeptAlert[],
  kept: readonly KeptAlert[],
  before: ReadonlyMap<number, KeptAlert>,
  now: number,
): Telling[] {
  return changed.flatMap(({ alert, told }): Telling[] => {
    const known = before.get(alert.id)
    const isKnown = known?.told === 'firing' || known?.told === 'acknowledged'
    if (!isKnown || told === 'resolved' || alert.severity === known.alert.severity) return []
    if ((alert.silencedUntil ?? 0) > now) return []
    return [{ state: 'firing', alert, caused: causedBy(alert, kept) }]
  })
}

const causedBy = ({ id }: Alert, kept: readonly KeptAlert[]): Alert[] =>
  kept.map(({ alert }) => alert).filter(({ cause, state }) => cause === id && state !== 'resolved')
