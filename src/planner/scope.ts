import type { Asset, AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import {
  alignIntervals,
  floorToGrain,
  type Interval,
  intersectIntervals,
  mergeIntervals,
  subtractIntervals,
} from '../domain/interval.js'

/** Ranges of event time whose rows may differ now, or `all` where that cannot be said. */
export type Touched = readonly Interval[] | 'all'

/**
 * What a step has to build. `ranges` of a `full` scope are filled in by the executor from the extent of the
 * inputs. `deferred` are ranges left for later because they are not complete yet.
 */
export type Scope =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'full' }>
  | Readonly<{ kind: 'ranges'; ranges: readonly Interval[]; deferred: readonly Interval[] }>

/** More ranges than this are joined over the smallest gaps: rebuilding a little more is cheaper than many scans. */
const MOST_RANGES = 64

/** True if an asset is built range by range of event time. */
export function isRanged(asset: Asset): boolean {
  if (!asset.time || asset.body.kind === 'source') return false
  if (asset.materialize === 'incremental') return true
  if (asset.materialize !== 'keyed' && asset.materialize !== 'append') return false
  return asset.body.kind === 'typescript' || usesRange(asset)
}

/** True if the statement reads `$start` or `$end`. */
export function usesRange(asset: Asset): boolean {
  return asset.body.kind === 'sql' && asset.body.parameters.some((name) => name === 'start' || name === 'end')
}

/** Union of touched ranges. */
export function joinTouched(touched: readonly Touched[]): Touched {
  return touched.includes('all')
    ? 'all'
    : mergeIntervals((touched as readonly (readonly Interval[])[]).flat())
}

/**
 * Ranges of `asset` to build again when its inputs changed in `touched`: reaching back by the lookback, aligned
 * to the grain in the project's zone. What was built within the lookback after a touched range is owed too: a
 * statement that reads before `$start` has read the touched rows for it.
 */
export function owedRanges(
  asset: Asset,
  touched: Touched,
  built: readonly Interval[],
  timezone: string,
): Touched {
  if (touched === 'all' || !asset.time) return 'all'
  const { grain, lookbackMs } = asset.time
  const before = touched.map(({ start, end }) => ({ start: start - lookbackMs, end }))
  const after = touched.map(({ end }) => ({ start: end, end: end + lookbackMs }))
  const read = lookbackMs > 0 ? intersectIntervals(after, built) : []
  return alignIntervals([...before, ...read], grain, timezone)
}

/** End of the last complete interval: what ends after it is still being filled. */
export function completeUntil(asset: Asset, now: number, timezone: string): number {
  if (!asset.time || asset.allowIncomplete) return Number.MAX_SAFE_INTEGER
  return floorToGrain(now, asset.time.grain, timezone)
}

/** Splits owed ranges at the end of the last complete interval. */
export function splitComplete(
  owed: readonly Interval[],
  until: number,
): { ready: readonly Interval[]; deferred: readonly Interval[] } {
  const future = [{ start: until, end: Number.MAX_SAFE_INTEGER }]
  return { ready: subtractIntervals(owed, future), deferred: intersectIntervals(owed, future) }
}

/** Joins neighbours until at most `most` ranges are left. */
export function coalesceIntervals(intervals: readonly Interval[], most = MOST_RANGES): Interval[] {
  const merged = mergeIntervals(intervals)
  if (merged.length <= most) return merged
  const gaps = merged
    .slice(1)
    .map((next, index) => ({ index, size: next.start - merged[index]!.end }))
    .sort((a, b) => a.size - b.size)
    .slice(0, merged.length - most)
  const joined = new Set(gaps.map(({ index }) => index))
  const result: Interval[] = []
  merged.forEach((next, index) => {
    const last = result.at(-1)
    if (last && joined.has(index - 1)) result[result.length - 1] = { start: last.start, end: next.end }
    else result.push(next)
  })
  return result
}

export type ScopeInput = Readonly<{
  asset: Asset
  state: AssetState
  fingerprint: string
  /** What the inputs changed in this run; empty when none did. */
  touched: readonly Touched[]
  /** Releases of the inputs as this run sees them. */
  inputReleases: Readonly<Record<AssetName, number>>
  now: number
  timezone: string
  full: boolean
  /**
   * Only this part of event time (`--start`, `--end`), built even if nothing touched it. Where everything has to
   * be built anew the part alone would leave rows of two versions, or none, beside it: then all is built.
   */
  window: Interval | null
}>

/** Rows with a date lie at its midnight, which is in no later hour of the day: only whole days can be built anew. */
function inWholeDays(asset: Asset, { columns }: AssetState): Asset {
  const { time } = asset
  if (!time || (time.grain !== 'minute' && time.grain !== 'hour')) return asset
  const isDate = columns.some(({ name, type }) => name === time.column && type === 'DATE')
  return isDate ? { ...asset, time: { ...time, grain: 'day' } } : asset
}

/** Decides what to build from what is known now. Sources always load and are not asked here. */
export function scopeOf(given: ScopeInput): Scope {
  const input = { ...given, asset: inWholeDays(given.asset, given.state) }
  const { asset, state, touched } = input
  if (input.full || state.fingerprint !== input.fingerprint) return { kind: 'full' }
  if (!isRanged(asset)) {
    const stale = asset.inputs.some(
      (name) => (state.inputReleases[name] ?? 0) < (input.inputReleases[name] ?? 0),
    )
    return touched.length > 0 || stale ? { kind: 'full' } : { kind: 'none' }
  }
  const pending =
    state.pending === 'all' ? 'all' : alignIntervals(state.pending, asset.time!.grain, input.timezone)
  const due = joinTouched([
    pending,
    ...touched.map((ranges) => owedRanges(asset, ranges, state.built, input.timezone)),
  ])
  if (due === 'all') return { kind: 'full' }
  const owed = withGaps(due, state.built)
  return input.window ? windowScope(input, input.window, owed) : rangesScope(input, owed)
}

/**
 * Owed ranges and what lies between them and the built ones, in which no input has rows. A full build runs over all of its
 * inputs' span: a statement that gives zeros for hours in which nothing came has to give them in parts too.
 */
function withGaps(owed: readonly Interval[], built: readonly Interval[]): readonly Interval[] {
  if (owed.length === 0) return owed
  const known = mergeIntervals([...owed, ...built])
  const span = { start: known[0]!.start, end: known.at(-1)!.end }
  return mergeIntervals([...owed, ...subtractIntervals([span], built)])
}

function rangesScope({ asset, now, timezone }: ScopeInput, owed: readonly Interval[]): Scope {
  const { ready, deferred } = splitComplete(owed, completeUntil(asset, now, timezone))
  if (ready.length === 0)
    return deferred.length > 0 ? { kind: 'ranges', ranges: [], deferred } : { kind: 'none' }
  return { kind: 'ranges', ranges: coalesceIntervals(ready), deferred }
}

/** What is owed outside the window stays owed. */
function windowScope(input: ScopeInput, window: Interval, owed: readonly Interval[]): Scope {
  const { asset, timezone } = input
  const wanted = alignIntervals([window], asset.time!.grain, timezone)
  const { ready } = splitComplete(wanted, completeUntil(asset, input.now, timezone))
  return { kind: 'ranges', ranges: ready, deferred: subtractIntervals(owed, ready) }
}
