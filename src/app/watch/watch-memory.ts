import type { MeasuredSeries } from '../../adapters/state/alert-store.js'
import { DEFAULT_JUDGE, type JudgeOptions, type Side, startUsual, type Usual } from '../../detect/usual.js'
import type { AssetName } from '../../domain/asset.js'
import type { Measured } from '../../watch/look.js'

/**
 * What is usual for each metric, kept between looks of one process: a server learns from new runs alone. A process
 * that looks once reads the latest steps instead.
 */
export interface WatchMemory {
  /** The run up to which an asset's metrics were learned; 0 for none. */
  learnedTo(asset: AssetName): number
  /**
   * Learns values of runs it does not know yet, oldest first, and says what those of the latest run are worth; asked
   * again, it says the same.
   */
  learn(asset: AssetName, series: readonly MeasuredSeries[], timezone: string): readonly Measured[]
  /** Forgets assets that left the project. */
  keepOnly(assets: ReadonlySet<AssetName>): void
}

type Learned = { usual: Usual; side: Side; streak: number }

export function createWatchMemory(): WatchMemory {
  const assets = new Map<
    AssetName,
    { run: number; metrics: Map<string, Learned>; measured: readonly Measured[] }
  >()
  return {
    learnedTo: (asset) => assets.get(asset)?.run ?? 0,
    learn: (asset, series, timezone) => {
      const known = assets.get(asset) ?? { run: 0, metrics: new Map<string, Learned>(), measured: [] }
      const latest = Math.max(known.run, ...series.map(({ points }) => points.at(-1)?.run ?? 0))
      if (latest === known.run) return known.measured
      const measured = series.flatMap(({ metric, points }): Measured[] => {
        const learned = known.metrics.get(metric) ?? startLearning(metric, timezone)
        known.metrics.set(metric, learned)
        const values = points
          .filter(({ run }) => run > known.run)
          .map((point) => judged(learned, metric, point))
        const last = values.at(-1)
        // A metric that the latest step did not leave says nothing about it.
        return last && last.run === latest ? [last] : []
      })
      assets.set(asset, { run: latest, metrics: known.metrics, measured })
      return measured
    },
    keepOnly: (names) => {
      for (const name of assets.keys()) if (!names.has(name)) assets.delete(name)
    },
  }
}

const startLearning = (metric: string, timezone: string): Learned => ({
  usual: startUsual({ ...DEFAULT_JUDGE, ...optionsOf(metric), timezone }),
  side: 'usual',
  streak: 0,
})

function judged(
  learned: Learned,
  metric: string,
  { run, at, value }: { run: number; at: number; value: number },
): Measured {
  const { band, side } = learned.usual.judge({ at, value })
  learned.streak = side === 'usual' ? 0 : side === learned.side ? learned.streak + 1 : 1
  learned.side = side
  return {
    metric,
    run,
    at,
    value,
    expected: band?.expected ?? null,
    low: band?.low ?? null,
    high: band?.high ?? null,
    streak: learned.streak,
  }
}

/** Differences that nobody needs to hear of, however steady a number was before. */
export function optionsOf(metric: string): Partial<JudgeOptions> {
  switch (metric) {
    case 'duration_ms':
      return { scale: 'ratio', leastRelative: 0.5, leastAbsolute: 500 }
    case 'rows_out':
      return { scale: 'ratio', leastRelative: 0.2, leastAbsolute: 10 }
    case 'freshness_ms':
      return { scale: 'ratio', leastRelative: 0.5, leastAbsolute: 5 * 60_000 }
    default:
      // The fraction of failing rows, a count, an age.
      return { scale: 'linear', leastRelative: 0.3, leastAbsolute: 0.01 }
  }
}

/** The metrics that are watched. */
export const WATCHED_METRICS: readonly string[] = ['duration_ms', 'rows_out', 'freshness_ms', 'check:']
