import type { Alert } from '../domain/alert.js'
import type { Look } from './look.js'
import { slowdownKey } from './rules/slowdown-rules.js'

/**
 * True where a look has nothing new about an alert: it came from the numbers of a released step, and its asset has
 * had no such step since. An alert of an asset that left the project is decided: it is over.
 */
export function isUndecided({ key, kind, asset }: Alert, look: Look): boolean {
  const { assets, measured, slowdowns, ticks, reports } = look
  if (asset !== null && !assets.some(({ name }) => name === asset)) return false
  switch (kind) {
    case 'slow':
      if (asset !== null && key === slowdownKey(asset)) return !slowdowns.has(asset)
      return asset !== null && !measured.has(asset)
    case 'rows':
    case 'freshness':
    case 'check_value':
      return asset !== null && !measured.has(asset)
    // A process without a scheduler knows nothing of ticks.
    case 'late':
    case 'never_started':
      return ticks === null
    case 'report':
      return reports === null
    case 'project':
    case 'failed':
    case 'held':
    case 'budget':
    case 'delivery':
      return false
  }
}
