import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/adapters/state/embedded/start.js'
import { openPostgresStore } from '../../src/adapters/state/postgres/store.js'
import type { StateStore } from '../../src/adapters/state/store.js'
import { silentLog } from '../../src/base/log.js'
import type { CatchUp } from '../../src/domain/schedule.js'
import { ticksWithin } from '../../src/planner/schedule/ticks.js'
import type { Scheduled } from '../../src/scheduler/scheduled.js'
import { removeProject } from '../support/remove-project.js'
import { DIST } from '../support/state-process.js'

const SCRIPT = fileURLToPath(new URL('./fixtures/week.mjs', import.meta.url))
const HOUR = 3_600_000
/** The week in whose last night Dublin puts its clocks back. */
const MONDAY = Date.UTC(2026, 9, 19) - HOUR
const NEXT_MONDAY = MONDAY + 7 * 24 * HOUR + HOUR
const timezone = 'Europe/Dublin'

const scheduledBy = (subject: string, pattern: string, catchUp: CatchUp): Scheduled => ({
  subject,
  schedule: { kind: 'cron', pattern, catchUp },
})
const SCHEDULED = [
  scheduledBy('asset:each', '30 * * * *', 'all'),
  scheduledBy('asset:daily', '30 1 * * *', 'all'),
  scheduledBy('asset:latest', '30 * * * *', 'latest'),
  scheduledBy('asset:none', '30 */2 * * *', 'none'),
]

/** Runs the schedule from a moment on; killed after `starts` starts, else to the end of the week. Tells when it ended. */
async function part(url: string, from: number, starts: number | null): Promise<number> {
  const options = { url, from, until: NEXT_MONDAY + 60_000, timezone, scheduled: SCHEDULED }
  const child = spawn(process.execPath, [SCRIPT, DIST, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let last = from
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'end') last = NEXT_MONDAY
    else last = Number(line)
    if (++seen === starts) child.kill('SIGKILL')
  }
  await exited
  return last
}

const expected = (subject: string) => {
  const { pattern } = SCHEDULED.find((one) => one.subject === subject)!.schedule
  return [...ticksWithin({ pattern, timezone }, MONDAY, NEXT_MONDAY)]
}

/** How often each tick's run ended. */
async function endedRuns(store: StateStore): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { status, trigger } of await store.runs({ limit: 10_000 }))
    if (status === 'done')
      for (const tick of trigger.split(' ')) counts.set(tick, (counts.get(tick) ?? 0) + 1)
  return counts
}

test('over a week with a change of clocks and three kill -9 every tick runs once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace week '))
  const server = await startEmbedded({ home: join(root, '.millrace'), log: silentLog })
  await server.createDatabase('millrace')
  const url = server.url('millrace')
  let store: StateStore | null = null
  try {
    const gaps: [number, number][] = []
    let at = MONDAY
    for (const [starts, awayMs] of [
      [40, 5 * HOUR],
      [29, 0],
      [51, 26 * HOUR],
    ] as const) {
      const killed = await part(url, at, starts)
      at = killed + awayMs
      gaps.push([killed, at])
    }
    expect(await part(url, at, null)).toBe(NEXT_MONDAY)

    store = await openPostgresStore({
      url,
      project: 'week',
      environment: 'prod',
      processName: 'a test',
      log: silentLog,
    })
    const counts = await endedRuns(store)
    expect([...counts].filter(([, count]) => count !== 1)).toEqual([])
    const ran = (subject: string) =>
      [...counts.keys()]
        .filter((tick) => tick.startsWith(`${subject}@`))
        .map((tick) => Number(tick.split('@')[1]))
        .sort((a, b) => a - b)
    expect(ran('asset:each')).toEqual(expected('asset:each'))
    expect(ran('asset:each').length).toBe(7 * 24 + 1)
    expect(ran('asset:daily')).toEqual(expected('asset:daily'))
    expect(ran('asset:daily').length).toBe(7)
    // The others have no run of their own for what was missed, but nothing else is lacking.
    const away = (tick: number) => gaps.some(([from, until]) => tick >= from && tick <= until)
    for (const subject of ['asset:latest', 'asset:none']) {
      const done = new Set(ran(subject))
      expect(expected(subject).filter((tick) => !done.has(tick) && !away(tick))).toEqual([])
    }
    const open = (await store.ticks.latest('asset:each', 10_000)).filter(({ status }) => status !== 'done')
    expect(open).toEqual([])
    const none = await store.ticks.latest('asset:none', 10_000)
    expect(none.filter(({ status }) => status === 'left_out').length).toBeGreaterThanOrEqual(2)
  } finally {
    await store?.close()
    await server.stop()
    rmSync(server.folder, { recursive: true, force: true })
    removeProject(root)
  }
})
