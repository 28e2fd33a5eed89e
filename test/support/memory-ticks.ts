import type { TickStore } from '../../src/adapters/state/tick-store.js'
import type { TickRecord } from '../../src/domain/schedule.js'

/** Ticks of one process in memory, for tests of long times that ask nothing of the state but to keep up. */
export function memoryTicks(keep = 10): TickStore {
  const settled = new Map<string, { timetable: string; at: number }>()
  const records = new Map<string, TickRecord[]>()
  const change = (subject: string, at: number, news: Partial<TickRecord>) => {
    const list = records.get(subject) ?? []
    const index = list.findIndex((one) => one.at === at)
    if (index >= 0) list[index] = { ...list[index]!, ...news }
  }
  return {
    follow: async (subjects, at) => {
      for (const { subject, timetable } of subjects)
        if (settled.get(subject)?.timetable !== timetable) settled.set(subject, { timetable, at })
      return new Map([...settled].map(([subject, { at }]) => [subject, at]))
    },
    claim: async (claims) =>
      claims.filter(({ subject, at, status, note }) => {
        const known = settled.get(subject)
        if (!known || known.at >= at) return false
        settled.set(subject, { ...known, at })
        const list = [{ subject, at, status, note, run: null }, ...(records.get(subject) ?? [])]
        records.set(subject, list.slice(0, keep))
        return true
      }),
    takeUp: async () => [],
    began: async (ticks, run) => {
      for (const { subject, at } of ticks) change(subject, at, { run })
    },
    settle: async (ticks, { status, note, run }) => {
      for (const { subject, at } of ticks) change(subject, at, { status, note, ...(run !== null && { run }) })
    },
    latest: async (subject, limit) => (records.get(subject) ?? []).slice(0, limit),
    latestOfAll: async () => [...records.values()].flatMap(([first]) => first ?? []),
    prune: async () => 0,
  }
}
