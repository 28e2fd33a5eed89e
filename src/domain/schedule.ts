/**
 * When an asset is built by itself. `cron`: at the pattern's ticks, in the project's time zone; what is due at one
 * moment is one run. `upstream`: whenever something it reads is released, in that same run. `never`: by hand only.
 */
export type Schedule =
  | Readonly<{ kind: 'cron'; pattern: string; catchUp: CatchUp }>
  | Readonly<{ kind: 'upstream' }>
  | Readonly<{ kind: 'never' }>

export const CATCH_UPS = ['latest', 'all', 'none'] as const
/**
 * Ticks missed while nothing ran. `latest`: one run for all of them. `all`: one run each, oldest first. `none`: they
 * are left out, and the record says so.
 */
export type CatchUp = (typeof CATCH_UPS)[number]

/** One moment of one scheduled thing. `subject`: `asset:marts.status` or `report:weekly`. */
export type Tick = Readonly<{ subject: string; at: number }>

export type TickStatus = 'due' | 'running' | 'done' | 'left_out'

/** What became of a tick. A tick is done once its run has ended, however it ended; its run is then not repeated. */
export type TickRecord = Tick & Readonly<{ status: TickStatus; run: number | null; note: string }>

const BROKEN = 'could not be made: '

/** The note of a tick whose run could not begin or broke: no step of it says so. */
export const brokenRunNote = (reason: string): string => `${BROKEN}${reason}`

/** Why a tick's run could not be made; null where it was, however it ended. */
export function brokenRunReason({ status, note }: TickRecord): string | null {
  const at = note.indexOf(BROKEN)
  return status === 'done' && at >= 0 ? note.slice(at + BROKEN.length) : null
}
