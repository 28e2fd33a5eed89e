import type { KeptAlert } from '../adapters/state/alert-store.js'
import type { AlertEvent } from '../domain/alert.js'

/** Somebody looks after it. One that is acknowledged already gets the note, and is then theirs. */
export function acknowledge(kept: KeptAlert, who: { by: string; note: string; now: number }): KeptAlert {
  const { alert } = kept
  const event: AlertEvent = { at: who.now, state: 'acknowledged', by: who.by, note: who.note }
  return {
    ...kept,
    alert: {
      ...alert,
      state: 'acknowledged',
      // Acknowledged while it was still being confirmed: it is known now.
      firedAt: alert.firedAt ?? who.now,
      acknowledgedAt: alert.acknowledgedAt ?? who.now,
      acknowledgedBy: who.by,
      events: [...alert.events, event],
    },
  }
}
