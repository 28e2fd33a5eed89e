import type { Clock } from '../../base/clock.js'
import { MillraceError, messageOf } from '../../base/errors.js'
import { appError } from '../errors.js'
import type { Session } from '../session.js'
import { projectMarks } from './project-marks.js'

const LOOK_EVERY_MS = 1_000
/** Looking must stay a small part of the machine's work, whatever the size of the project. */
const SHARE_OF_TIME = 20

export type ReloadDeps = Readonly<{
  clock: Clock
  root: string
  /** @throws PROJECT_INVALID, PROJECT_NOT_FOUND */
  reload: () => Promise<Session>
  onGood: (session: Session) => void
  onBroken: (error: MillraceError) => void
}>

/**
 * Looks at the project's files and reads it anew when one was edited. Asked for by time, not by the system's file
 * events: those miss edits on network drives and in containers. An edit is read once two looks agree, so that files
 * saved together are read together.
 */
export function keepReloading(deps: ReloadDeps): { stop(): Promise<void> } {
  const stop = new AbortController()
  const looking = look(deps, stop.signal)
  return {
    stop: async () => {
      stop.abort()
      await looking
    },
  }
}

async function look(deps: ReloadDeps, signal: AbortSignal): Promise<void> {
  const { clock } = deps
  let read = await projectMarks(deps.root)
  let seen = read
  while (!signal.aborted) {
    const begun = clock.monotonic()
    const marks = await projectMarks(deps.root).catch(() => seen)
    const tookMs = clock.monotonic() - begun
    if (marks !== read && marks === seen && !signal.aborted) {
      read = marks
      await readAnew(deps)
    }
    seen = marks
    await clock.sleep(Math.max(LOOK_EVERY_MS, tookMs * SHARE_OF_TIME), signal).catch(() => {})
  }
}

async function readAnew({ reload, onGood, onBroken }: ReloadDeps): Promise<void> {
  try {
    onGood(await reload())
  } catch (error) {
    onBroken(
      error instanceof MillraceError
        ? error
        : appError('PROJECT_UNREADABLE', { reason: messageOf(error) }, { cause: error }),
    )
  }
}
