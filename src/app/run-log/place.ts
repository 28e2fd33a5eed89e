import { join } from 'node:path'

/** Lines of one run's log; an author's code that talks without end stops being heard. */
export const MOST_LINES = 20_000

export const logFolder = (home: string): string => join(home, 'logs')
export const logFile = (home: string, run: number): string => join(logFolder(home), `run-${run}.ndjson`)
