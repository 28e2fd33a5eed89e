import type { Look, WatchedTick } from '../look.js'
import { readersSee } from '../readers-see.js'
import type { Symptom } from '../symptom.js'
import { durationText, momentText } from '../words.js'

/** A tick may wait so long for its run to begin: a queue that is busy for a moment is no trouble. */
const START_GRACE_MS = 2 * 60_000
/** A run that began may take this, or three times what is usual, before its asset is late. */
const LATE_AFTER_MS = 10 * 60_000
const LATE_FACTOR = 3

/** Runs that should have begun or ended by now, or could not be made. Nothing where no scheduler runs. */
export function scheduleSymptoms(look: Look): Symptom[] {
  const ticks = look.ticks ?? []
  return [...ticks.flatMap((tick) => overdue(tick, look)), ...brokenRuns(ticks)]
}

function overdue(tick: WatchedTick, look: Look): Symptom[] {
  const waited = look.now - tick.at
  switch (tick.state) {
    case 'waiting':
      return waited > START_GRACE_MS ? [neverStarted(tick, look)] : []
    case 'running':
      return waited > Math.max(LATE_AFTER_MS, LATE_FACTOR * (tick.usualMs ?? 0)) ? [late(tick, look)] : []
    case 'broken':
      return []
  }
}

/** What breaks one run breaks them all, a full disk for one: they are one trouble. */
function brokenRuns(ticks: readonly WatchedTick[]): Symptom[] {
  const broken = ticks.filter(({ state }) => state === 'broken')
  const [first] = broken
  if (!first) return []
  const whose = broken.length === 1 ? first.asset : `${first.asset} and ${broken.length - 1} more`
  return [
    {
      key: 'never_started:runs',
      kind: 'never_started',
      severity: 'error',
      asset: null,
      title: `The scheduled run of ${whose} could not be made: ${(first.reason ?? '').replace(/\.$/, '')}`,
      effect: 'Readers still see what was released before.',
      next: `Try it by hand, it says more: millrace run --select ${first.asset}`,
      run: first.run,
      observation: null,
      confirmAfter: 1,
    },
  ]
}

const about = ({ asset, run }: WatchedTick, look: Look) => ({
  asset,
  effect: readersSee(asset, look),
  run,
  observation: null,
  confirmAfter: 1,
})

function neverStarted(tick: WatchedTick, look: Look): Symptom {
  const due = momentText(tick.at, look.now, look.timezone)
  return {
    ...about(tick, look),
    key: `never_started:${tick.asset}`,
    kind: 'never_started',
    severity: 'error',
    title: `${tick.asset} was to be built at ${due}, ${durationText(look.now - tick.at)} ago, and was not begun`,
    next: `Build it by hand: millrace run --select ${tick.asset}`,
  }
}

function late(tick: WatchedTick, look: Look): Symptom {
  const due = momentText(tick.at, look.now, look.timezone)
  const usual = tick.usualMs === null ? '' : `; it usually takes ${durationText(tick.usualMs)}`
  return {
    ...about(tick, look),
    key: `late:${tick.asset}`,
    kind: 'late',
    severity: 'warning',
    title: `${tick.asset} is late: due at ${due}, not done after ${durationText(look.now - tick.at)}${usual}`,
    next: tick.run === null ? 'Look: millrace status' : `Look at run ${tick.run}: millrace status`,
  }
}

/** Rows that have not changed for longer than this asset's habit allows, though nothing failed. */
export function stuckSymptoms(look: Look): Symptom[] {
  return look.assets.flatMap(({ name }): Symptom[] => {
    const habit = look.habits.get(name)
    const seen = look.released.get(name)
    if (!habit || !seen || look.now - seen.at <= habit.overdueMs) return []
    const age = look.now - seen.at
    return [
      {
        key: `freshness:${name}`,
        kind: 'freshness',
        severity: 'warning',
        asset: name,
        title: `${name} has brought nothing new for ${durationText(age)}; it usually does every ${durationText(habit.usualMs)}`,
        effect: readersSee(name, look),
        next: `Look where its rows come from: millrace lineage ${name}`,
        run: look.latest.get(name)?.run ?? null,
        observation: { metric: 'age_ms', unit: 'ms', value: age, low: null, high: habit.overdueMs },
        confirmAfter: 1,
      },
    ]
  })
}
