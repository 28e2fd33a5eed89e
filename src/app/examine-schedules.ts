import type { Schedule } from '../domain/schedule.js'
import { clockTime } from './api/readers-see.js'
import { ticksAround } from './api/ticks.js'
import type { Finding } from './finding.js'
import type { LiveProject } from './live/live.js'
import type { Loaded } from './load.js'
import { scheduledReports } from './report-schedule.js'
import type { Session } from './session.js'

/** Who keeps the project's schedules, and what it runs if the project on disk cannot be run. */
export function examineSchedules(session: Session, live: LiveProject | null): Finding[] {
  return [...(live ? [examineServer(session, live)] : []), ...examineTicks(session, live)]
}

function examineServer({ services, loaded }: Session, live: LiveProject): Finding {
  const moments = { now: services.clock.now(), timezone: loaded.project.timezone }
  const waiting = live.queue().filter(({ run }) => run === null).length
  const queue = waiting === 0 ? 'nothing waits' : `${waiting} ${waiting === 1 ? 'run waits' : 'runs wait'}`
  return {
    topic: 'server',
    status: live.broken ? 'problem' : 'ok',
    detail: live.broken
      ? `it runs the project as it was at ${clockTime(live.loadedAt, moments)}; the one on disk cannot be run: ${live.broken.message}`
      : `runs the project as loaded at ${clockTime(live.loadedAt, moments)}; ${queue}`,
    hint: live.broken ? (live.broken.hint ?? 'Correct the project; it is loaded again by itself.') : '',
  }
}

function examineTicks({ services, loaded }: Session, live: LiveProject | null): Finding[] {
  const { timezone } = loaded.project
  const now = services.clock.now()
  const ticks = ticksAround(now, timezone)
  const next = scheduled(loaded)
    .flatMap(({ name, schedule }) => {
      const at = ticks.next(schedule)
      return at === null ? [] : [{ name, at }]
    })
    .sort((a, b) => a.at - b.at)
  const [first] = next
  if (!first) return []
  const one = next.length === 1
  const count = one ? '1 schedule' : `${next.length} schedules`
  const soonest = `the next tick is ${first.name} at ${clockTime(first.at, { now, timezone })}`
  return [
    {
      topic: 'schedules',
      status: live ? 'ok' : 'warning',
      detail: live ? `${count}; ${soonest}` : `${count}, and no server keeps ${one ? 'it' : 'them'}`,
      hint: live
        ? ''
        : `What ${one ? 'it builds is' : 'they build is'} built by itself while one runs: millrace serve`,
    },
  ]
}

function scheduled({ project, reports }: Loaded): { name: string; schedule: Schedule }[] {
  return [
    ...project.assets,
    ...scheduledReports(reports).map(({ name, schedule }) => ({ name: `report ${name}`, schedule })),
  ]
}
