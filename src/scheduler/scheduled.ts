import type { Schedule, Tick } from '../domain/schedule.js'

/** One thing with ticks of its own. `subject`: `asset:marts.status` or `report:weekly`. */
export type Scheduled = Readonly<{ subject: string; schedule: Extract<Schedule, { kind: 'cron' }> }>

/** What is due at one moment, to be done in one go. `missed`: their moment passed while nothing ran. */
export type DueTicks = Readonly<{ ticks: readonly Tick[]; missed: boolean }>

/** What became of it: the run that was made, null where none was needed or it could not begin. */
export type TickOutcome = Readonly<{ run: number | null; note: string }>
