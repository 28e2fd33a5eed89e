import type { LatestStep, ReleasedAsset } from '../../adapters/state/history-store.js'
import type { Schedule } from '../../domain/schedule.js'
import type { Health } from './shapes.js'
import type { Ticks } from './ticks.js'

/** A tick that passed less than this ago is nobody's concern yet. */
const LEAST_GRACE_MS = 60_000
/** A build takes its usual time, and now and then some more. */
const GRACE_IN_DURATIONS = 3

export type Evidence = Readonly<{
  /** Null before the first release. */
  released: ReleasedAsset | null
  latest: LatestStep | null
  schedule: Schedule
  /** Age of the newest row against what a freshness check allows; the check that is worst off. */
  freshness: Readonly<{ check: string; ageMs: number; maxAgeMs: number }> | null
}>

/** How an asset stands, and since which moment it should have been otherwise where it is late. */
export type Standing = Readonly<{ health: Health; lateSince: number | null }>

/**
 * `failed` and `held`: how its latest step ended. `never`: nothing was released yet. `late`: a tick of its schedule
 * passed and no step answered it, something it reads held it up, or its rows are older than a freshness check allows.
 */
export function standingOf(evidence: Evidence, ticks: Ticks, now: number): Standing {
  const { released, latest } = evidence
  if (latest?.status === 'failed' || latest?.status === 'held')
    return { health: latest.status, lateSince: null }
  if (!released) return { health: 'never', lateSince: null }
  const since = [missedTick(evidence, ticks, now), heldUp(latest), staleSince(evidence, now)].filter(
    (at) => at !== null,
  )
  return since.length === 0
    ? { health: 'fresh', lateSince: null }
    : { health: 'late', lateSince: Math.min(...since) }
}

/** The latest tick that should be answered by now, where it is not. A step that began after it answers it. */
function missedTick({ latest, schedule, released }: Evidence, ticks: Ticks, now: number): number | null {
  const due = ticks.previous(schedule, roundDown(now - graceMs(latest), 1000))
  if (due === null) return null
  const answered = latest ? latest.startedAt : (released?.releasedAt ?? 0)
  return answered < due ? due : null
}

const heldUp = (latest: LatestStep | null): number | null =>
  latest?.status === 'skipped' ? latest.startedAt : null

function staleSince({ freshness }: Evidence, now: number): number | null {
  if (!freshness || freshness.ageMs <= freshness.maxAgeMs) return null
  return now - (freshness.ageMs - freshness.maxAgeMs)
}

/** Three usual durations, at least a minute. Whole seconds, so that assets of one pattern share the work. */
function graceMs(latest: LatestStep | null): number {
  const durations = [...(latest?.durations ?? [])].sort((a, b) => a - b)
  const usual = durations[Math.floor(durations.length / 2)] ?? 0
  return Math.max(LEAST_GRACE_MS, Math.ceil((usual * GRACE_IN_DURATIONS) / 60_000) * 60_000)
}

const roundDown = (value: number, to: number): number => Math.floor(value / to) * to
