import { messageOf } from '../base/errors.js'
import { sendDue } from './send-due.js'
import type { Session } from './session.js'
import { watchProject } from './watch-project.js'

/** A command waits no longer than this for channels; what is not sent by then goes with the next look. */
const SENDING_MS = 15_000

/**
 * A look after a run of a command's own process, and what it has to tell. Never fails: the run is done, and its
 * outcome does not depend on whether somebody could be told.
 */
export async function watchAfterRun(session: Session, signal: AbortSignal): Promise<void> {
  const { clock, log } = session.services
  try {
    await watchProject(session, clock.now())
    await sendDue(session, signal, SENDING_MS)
  } catch (error) {
    log.warn({ err: error, detail: messageOf(error) }, 'the look after the run was cut short')
  }
}
