import type { Asset, AssetName } from '../domain/asset.js'
import { emptyAssetState } from '../domain/asset-state.js'
import type { Column } from '../domain/column.js'
import { alignIntervals, type Interval } from '../domain/interval.js'
import type { PlanStep } from '../planner/plan.js'
import { completeUntil, isRanged, type Scope, scopeOf, type Touched, usesRange } from '../planner/scope.js'
import type { RunContext } from './context.js'
import type { Built } from './outcome.js'
import { inWholeGrains } from './whole-grains.js'

/** Inputs of `asset` that passed in this run. */
function passedInputs(asset: Asset, context: RunContext): Built[] {
  return asset.inputs.flatMap((name) => {
    const outcome = context.outcomes.get(name)
    return outcome?.kind === 'passed' ? [outcome.built] : []
  })
}

export function touchedByInputs(asset: Asset, context: RunContext): Touched[] {
  return passedInputs(asset, context).map(({ touched }) => touched)
}

/** What there is to build now that the inputs' steps have ended; `more` beside what they touched. */
export function scopeNow(
  asset: Asset,
  step: PlanStep,
  context: RunContext,
  more: readonly Touched[] = [],
): Scope {
  return scopeOf({
    asset,
    state: context.states.get(asset.name) ?? emptyAssetState(asset.name),
    fingerprint: step.fingerprint,
    touched: [...touchedByInputs(asset, context), ...more],
    inputReleases: Object.fromEntries(
      asset.inputs.map((name) => [name, context.states.get(name)?.release ?? 0]),
    ),
    now: context.now,
    timezone: context.project.timezone,
    full: step.full,
    window: step.window,
  })
}

/** Earliest and latest times that calendars of the engine and of this process agree on. */
export const ALL_TIME = { start: -62_135_596_800_000, end: 253_402_300_800_000 }

/**
 * The ranges a statement is run over. A full build of an asset with event time runs once, over the span its
 * inputs cover: one scan instead of one per grain. Where nothing is to be built, because the inputs have no rows
 * or no interval is complete, that is a range without length: the asset gets its columns and no rows. Null: no
 * range at all.
 */
export async function rangesFor(
  asset: Asset,
  scope: Scope,
  context: RunContext,
): Promise<{ ranges: readonly Interval[] | null; deferred: readonly Interval[] }> {
  if (scope.kind === 'ranges') return { ranges: scope.ranges, deferred: scope.deferred }
  if (!isRanged(asset) && !usesRange(asset)) return { ranges: null, deferred: [] }
  const until = Math.min(completeUntil(asset, context.now, context.project.timezone), ALL_TIME.end)
  const span = await inputSpan(asset, context)
  if (span === null) return { ranges: [nothing(context.now)], deferred: [] }
  const ready = { start: span.start, end: Math.min(span.end, until) }
  const deferred = span.end > until ? [{ start: Math.max(span.start, until), end: span.end }] : []
  return { ranges: [ready.start < ready.end ? ready : nothing(context.now)], deferred }
}

const nothing = (now: number): Interval => ({ start: now, end: now })

/** Columns of an asset as this run sees it. */
function columnsOf(name: AssetName, { outcomes, states }: RunContext): readonly Column[] {
  const outcome = outcomes.get(name)
  return outcome?.kind === 'passed' ? outcome.built.columns : (states.get(name)?.columns ?? [])
}

/** From the first to the last event time of the inputs, whole grains; all time where none has event time. Null: no rows. */
async function inputSpan(asset: Asset, context: RunContext): Promise<Interval | null> {
  const timed = asset.inputs.flatMap((name) => (context.assets.get(name)?.time ? [name] : []))
  if (timed.length === 0) return ALL_TIME
  const spans: Interval[] = []
  for (const name of timed) {
    const { time } = context.assets.get(name)!
    const extent = await context.workspace.extent({ asset: name, timeColumn: time!.column })
    // Its last row stands for all of its day, as it does where that row alone was touched.
    spans.push(...inWholeGrains(time!, columnsOf(name, context), extent, [], context.project.timezone))
  }
  if (spans.length === 0) return null
  const span = {
    start: Math.min(...spans.map(({ start }) => start)),
    end: Math.max(...spans.map(({ end }) => end)),
  }
  return alignIntervals([span], asset.time?.grain ?? 'hour', context.project.timezone)[0] ?? null
}
