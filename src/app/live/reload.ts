import type { Clock } from '../../base/clock.js'
import { MillraceError, messageOf } from '../../base/errors.js'
import { createLimit } from '../../base/limit.js'
import { appError } from '../errors.js'
import { mistakesOf } from '../project-diagnostics.js'
import type { Session } from '../session.js'
import { projectMarks } from './project-marks.js'

const LOOK_EVERY_MS = 1_000
/** What does not load may do so later without another edit: a database that was away, a column that is loaded by then. */
const AGAIN_MS = 10_000
/** Looking must stay a small part of the machine's work, whatever the size of the project. */
const SHARE_OF_TIME = 20

export type ReloadDeps = Readonly<{
  clock: Clock
  root: string
  /** Of the files as they were before the project that runs was read. */
  marks: string
  /** Throws what keeps the edited project from being run. */
  reload: () => Promise<Session>
  onGood: (session: Session) => void
  onBroken: (error: MillraceError) => void
}>

/**
 * Looks at the project's files and reads it anew when one was edited. Asked for by time, not by the system's file
 * events: those miss edits on network drives and in containers. An edit is read once two looks agree, so that files
 * saved together are read together.
 */
export function keepReloading(deps: ReloadDeps): Reloading {
  const stop = new AbortController()
  const reader = new Reader(deps, stop.signal)
  const looking = look(reader, deps.clock, stop.signal)
  return {
    now: () => reader.look(false),
    stop: async () => {
      stop.abort()
      await looking
    },
  }
}

export type Reloading = Readonly<{
  /** Looks at once, for somebody who says that their edits are saved; resolves when what was edited is read. */
  now(): Promise<void>
  stop(): Promise<void>
}>

async function look(reader: Reader, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const begun = clock.monotonic()
    await reader.look(true)
    const tookMs = clock.monotonic() - begun
    await clock.sleep(Math.max(LOOK_EVERY_MS, tookMs * SHARE_OF_TIME), signal).catch(() => {})
  }
}

/** Compares the files with what was read of them. One look at a time: two would read the same edit twice. */
class Reader {
  private readonly inTurn = createLimit(1)
  private read: string
  private seen: string
  /** What is wrong with what was read, in words; null while nothing is. */
  private wrong: string | null = null
  /** By the monotonic clock. */
  private readAgainAt = 0

  constructor(
    private readonly deps: ReloadDeps,
    private readonly signal: AbortSignal,
  ) {
    this.read = deps.marks
    this.seen = deps.marks
  }

  /** `twice`: reads an edit only when a second look has seen the same. */
  look(twice: boolean): Promise<void> {
    return this.inTurn(async () => {
      const marks = await projectMarks(this.deps.root).catch(() => this.seen)
      const isSettled = !twice || marks === this.seen
      this.seen = marks
      if (!isSettled || this.signal.aborted) return
      if (marks !== this.read) {
        this.wrong = null
        this.read = marks
      } else if (this.wrong === null || (twice && this.deps.clock.monotonic() < this.readAgainAt)) return
      await this.readAnew()
    })
  }

  private async readAnew(): Promise<void> {
    const { clock, reload, onGood, onBroken } = this.deps
    const begun = clock.monotonic()
    try {
      const session = await reload()
      this.wrong = null
      onGood(session)
    } catch (cause) {
      const error = asProjectError(cause)
      const wrong = JSON.stringify([error.code, error.message, mistakesOf(error)])
      // The same as before is no news to anybody.
      if (wrong !== this.wrong) onBroken(error)
      this.wrong = wrong
      const now = clock.monotonic()
      this.readAgainAt = now + Math.max(AGAIN_MS, (now - begun) * SHARE_OF_TIME)
    }
  }
}

function asProjectError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error
  return appError('PROJECT_UNREADABLE', { reason: messageOf(error) }, { cause: error })
}
