import type { Diagnostic } from '../../domain/diagnostic.js'

/** Takes a mistake that was found; reading goes on. */
export type Report = (diagnostic: Diagnostic) => void
