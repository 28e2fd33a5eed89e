import type { AlertState } from '../../../../src/domain/alert.js'
import { OPEN_STATES } from '../../words/alert-words.js'

export type AlertFilterName = 'Open' | 'Firing' | 'Acknowledged' | 'Pending' | 'Resolved' | 'All'

export const ALERT_FILTERS: readonly Readonly<{ name: AlertFilterName; states: readonly AlertState[] }>[] = [
  { name: 'Open', states: OPEN_STATES },
  { name: 'Firing', states: ['firing'] },
  { name: 'Acknowledged', states: ['acknowledged'] },
  { name: 'Pending', states: ['pending'] },
  { name: 'Resolved', states: ['resolved'] },
  { name: 'All', states: [...OPEN_STATES, 'resolved'] },
]
