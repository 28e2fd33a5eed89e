import type { LogLine } from '../../../src/app/api/shapes.js'

/** From the least to the most pressing. */
export const LEVELS: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error']

/** Lines of one asset, or of all and of the run itself where it is null, from `level` up. */
export function shownLines(
  lines: readonly LogLine[],
  { asset, level }: Readonly<{ asset: string | null; level: LogLine['level'] }>,
): readonly LogLine[] {
  const least = LEVELS.indexOf(level)
  if (asset === null && least === 0) return lines
  return lines.filter(
    (line) => (asset === null || line.asset === asset) && LEVELS.indexOf(line.level) >= least,
  )
}

/** `rows=4812 duration_ms=94`. */
export const fieldWords = (fields: LogLine['fields']): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${fieldText(value)}`)
    .join(' ')

/** Durations are measured to the nanosecond; nobody reads a log so. */
function fieldText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 0)))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What is known and what came after it, in order, each line once. */
export function appended(known: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  const last = known.at(-1)?.line ?? 0
  const fresh = more.filter(({ line }) => line > last)
  return fresh.length === 0 ? known : [...known, ...fresh]
}
