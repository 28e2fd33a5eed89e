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

type Learned = {
  usual: Usual
  side: Side
  /** Unusual values in a row, and their range. */
  streak: number
  range: Range
  /** A level that was told and has lasted: it is not told again for the next `left` values. */
  accepted: (Range & { left: number }) | null
}
type Range = Readonly<{ low: number; high: number }>

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
  range: { low: 0, high: 0 },
  accepted: null,
})

function judged(
  learned: Learned,
  metric: string,
  { run, at, value }: { run: number; at: number; value: number },
): Measured {
  const { band, side: found } = learned.usual.judge({ at, value })
  const isAccepted = found !== 'usual' && accepts(learned, value)
  const side = isAccepted ? 'usual' : found
  follow(learned, side, value)
  return {
    metric,
    run,
    at,
    value,
    expected: band?.expected ?? null,
    low: band && (isAccepted ? Math.min(band.low, value) : band.low),
    high: band && (isAccepted ? Math.max(band.high, value) : band.high),
    streak: learned.streak,
  }
}

/** Part beyond a level that has lasted that still belongs to it. */
const ACCEPTED_MARGIN = 0.1
const ACCEPTED_FOR = 500

function accepts({ accepted }: Learned, value: number): boolean {
  if (!accepted || accepted.left === 0) return false
  const margin = ACCEPTED_MARGIN * Math.max(Math.abs(accepted.low), Math.abs(accepted.high))
  return value >= accepted.low - margin && value <= accepted.high + margin
}

function follow(learned: Learned, side: Side, value: number): void {
  const isOver = learned.streak > 0 && side !== learned.side
  if (isOver && learned.streak >= DEFAULT_JUDGE.lasting)
    learned.accepted = { ...learned.range, left: ACCEPTED_FOR }
  else if (learned.accepted && learned.accepted.left > 0) learned.accepted.left--
  const goesOn = side !== 'usual' && side === learned.side
  learned.streak = side === 'usual' ? 0 : goesOn ? learned.streak + 1 : 1
  learned.range = goesOn
    ? { low: Math.min(learned.range.low, value), high: Math.max(learned.range.high, value) }
    : { low: value, high: value }
  learned.side = side
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
