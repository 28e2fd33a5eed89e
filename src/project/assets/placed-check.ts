import type { Check } from '../../domain/check.js'
import type { Location } from '../../domain/diagnostic.js'

/** A check, and where it stands. */
export type PlacedCheck = Readonly<{ check: Check; at: Location }>
