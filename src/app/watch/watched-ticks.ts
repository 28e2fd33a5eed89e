import type { Asset } from '../../domain/asset.js'
import { brokenRunReason, type TickRecord } from '../../domain/schedule.js'
import { lastTick } from '../../planner/schedule/ticks.js'
import type { WatchedTick } from '../../watch/look.js'
import type { Session } from '../session.js'

/** Ticks further back were the business of earlier looks, and of what catches up after downtime. */
const BACK_MS = 24 * 60 * 60_000

/**
 * Moments of the schedule whose run has not ended: those taken and not done, those nobody took, and those whose run could
 * not be made. `since`: when
 * this process began to keep the schedule; what was due before is caught up, not late.
 */
export async function watchedTicks(
  { loaded, services }: Session,
  now: number,
  since: number,
): Promise<WatchedTick[]> {
  const { project } = loaded
  const scheduled = project.assets.filter(({ schedule }) => schedule.kind === 'cron')
  if (scheduled.length === 0) return []
  const store = await services.store()
  const [records, usual, states] = await Promise.all([
    store.ticks.latestOfAll(),
    store.usualDurations(),
    store.assetStates(),
  ])
  const latest = new Map(records.map((record) => [record.subject, record]))
  const lasts = new Map<string, number | null>()
  const lastOf = (pattern: string) => {
    const known = lasts.get(pattern)
    if (known !== undefined) return known
    const last = lastTick({ pattern, timezone: project.timezone }, Math.max(since, now - BACK_MS), now)
    lasts.set(pattern, last)
    return last
  }
  return scheduled.flatMap((asset) => {
    const usualMs = usual.get(asset.name)?.durationMs ?? null
    const last = asset.schedule.kind === 'cron' ? lastOf(asset.schedule.pattern) : null
    const builtAt = states.get(asset.name)?.releasedAt ?? 0
    return openTick(asset, latest.get(`asset:${asset.name}`), { last, usualMs, builtAt })
  })
}

function openTick(
  { name }: Asset,
  record: TickRecord | undefined,
  { last, usualMs, builtAt }: { last: number | null; usualMs: number | null; builtAt: number },
): WatchedTick[] {
  const about = { asset: name, usualMs }
  // Taken, and in the queue or going on.
  if (record?.status === 'running') return [{ ...about, at: record.at, state: 'running', run: record.run }]
  // Given back: to be taken up again.
  if (record?.status === 'due') return [{ ...about, at: record.at, state: 'waiting', run: null }]
  const reason = record ? brokenRunReason(record) : null
  if (record && reason !== null && builtAt < record.at)
    return [{ ...about, at: record.at, state: 'broken', run: record.run, reason }]
  // Built by hand since: nothing is owed.
  if (last === null || (record?.at ?? 0) >= last || builtAt >= last) return []
  return [{ ...about, at: last, state: 'waiting', run: null }]
}
