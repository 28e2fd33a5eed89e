import type { AssetName } from '../../domain/asset.js'
import type { Project } from '../../domain/project.js'
import type { Tick } from '../../domain/schedule.js'
import { nextTick } from '../../planner/schedule/ticks.js'

/** A run of assets that were due, from the moment it is started until it has ended. */
export type AssetRun = Readonly<{
  moments: ReadonlySet<number>
  /** Time to the next tick: of two runs of one moment, the more seldom waits. */
  pauseMs: number
  builds: ReadonlySet<AssetName>
  ended: Promise<unknown>
  /** Null: it came to nothing. */
  ticket: Promise<string | null>
}>

/**
 * Runs of the same moment that bring rows which this one reads, and are due more often: they take no long time. The other
 * way round a table of every second would wait for one of every hour.
 */
export function runsToWaitFor(
  run: Omit<AssetRun, 'ended'>,
  { assets }: Project,
  going: ReadonlySet<AssetRun>,
): AssetRun[] {
  const reads = new Set(
    assets.flatMap(({ name, inputs, checkReads }) =>
      run.builds.has(name) ? [...inputs, ...checkReads] : [],
    ),
  )
  return [...going].filter(
    (other) =>
      other.pauseMs < run.pauseMs &&
      intersects(other.moments, run.moments) &&
      intersects(other.builds, reads),
  )
}

export function intersects<T>(set: ReadonlySet<T>, others: Iterable<T>): boolean {
  for (const other of others) if (set.has(other)) return true
  return false
}

export async function ticketsOf(runs: readonly AssetRun[]): Promise<readonly string[]> {
  const tickets = await Promise.all(runs.map(({ ticket }) => ticket))
  return tickets.filter((ticket) => ticket !== null)
}

/** From the latest tick to the next one of the same pattern, the shortest of several. Subjects begin with `prefix`. */
export function pauseAfter(
  ticks: readonly Tick[],
  prefix: string,
  { assets, timezone }: Pick<Project, 'assets' | 'timezone'>,
): number {
  const at = new Map(ticks.map((tick) => [tick.subject.slice(prefix.length), tick.at]))
  const pauses = assets.flatMap(({ name, schedule }) => {
    const tick = at.get(name)
    if (tick === undefined || schedule.kind !== 'cron') return []
    const next = nextTick({ pattern: schedule.pattern, timezone }, tick)
    return next === null ? [] : [next - tick]
  })
  return Math.min(Number.POSITIVE_INFINITY, ...pauses)
}
