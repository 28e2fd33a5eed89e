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

const causedBy = ({ id }: Alert, kept: readonly KeptAlert[]): Alert[] =>
  kept.map(({ alert }) => alert).filter(({ cause, state }) => cause === id && state !== 'resolved')
