import type { AlertKind, Observation } from '../domain/alert.js'
import type { AssetName } from '../domain/asset.js'
import type { Severity } from '../domain/check.js'

/**
 * Something that is wrong at the moment of looking. Rules find symptoms; the life of alerts is made from them: a
 * symptom that is there opens or keeps an alert with its key, one that is gone lets it resolve.
 */
export type Symptom = Readonly<{
  /** The same trouble has the same key at every look: `slow:marts.traffic_hourly`. */
  key: string
  kind: AlertKind
  severity: Severity
  asset: AssetName | null
  title: string
  effect: string
  next: string
  run: number | null
  observation: Observation | null
  /** Needs to be seen at so many looks (runs) in a row before anybody is told; 1 tells at once. */
  confirmAfter: number
}>
