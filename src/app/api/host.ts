import type { LiveProject } from '../live/live.js'
import type { Session } from '../session.js'

/** What the API works on: one project, and the server that keeps it open, where there is one. */
export interface ApiHost {
  /** Null in a command's own process: nothing is queued, nothing happens that could be followed. */
  readonly live: LiveProject | null
  /** Lends the project; a reload waits with closing it until all who use it are done. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>
}
