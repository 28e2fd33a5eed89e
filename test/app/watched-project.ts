import { mkdtempSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProject } from '../../src/app/run-project.js'
import { openSession, type Session } from '../../src/app/session.js'
import { watchProject } from '../../src/app/watch-project.js'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { removeProject } from '../support/remove-project.js'

/** The system's clock, put forward as tests need it. */
export function movableClock(): Clock & { forward(ms: number): void } {
  let ahead = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    forward: (ms) => {
      ahead += ms
    },
  }
}

export const FILES: Readonly<Record<string, string>> = {
  'assets/raw/readings.yaml': `description: Readings as sent
source: { from: drop, path: 'readings.csv', format: csv }
columns:
  id: { type: bigint }
  washroom_id: { type: bigint }
  visits: { type: bigint }
`,
  'assets/staging/visits.sql': `/* @asset
description: Visits of known washrooms
columns:
  washroom_id: { checks: [not_null] }
checks:
  - failed_rows: { name: busy, sql: select * from this where visits > 900, severity: error, on_fail: continue }
  - failed_rows: { name: crowded, sql: select * from this where visits > 500, severity: warning, on_fail: continue }
*/
select * from raw.readings
`,
  'assets/marts/hourly.sql': `/* @asset
description: Visits by washroom
*/
select washroom_id, sum(visits)::bigint as visits from staging.visits group by all
`,
  'assets/marts/daily.sql': `/* @asset
description: All visits
*/
select sum(visits)::bigint as visits from marts.hourly
`,
}

/** A small real project whose state is in a Postgres, with what `alerts:` says. */
export async function watchedProject(options: {
  stateUrl: string
  alerts?: string
  files?: Record<string, string>
}) {
  const root = mkdtempSync(join(tmpdir(), 'millrace watch-'))
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    }
  }
  const readings = (rows: readonly string[]) =>
    write({ 'incoming/readings.csv': `${['id,washroom_id,visits', ...rows].join('\n')}\n` })
  await write({
    'millrace.yaml': `name: washrooms
timezone: Europe/Dublin
state: "${options.stateUrl}"
connections:
  drop: { type: files, path: ./incoming }
${options.alerts ?? ''}`,
    ...FILES,
    ...options.files,
  })
  await readings(['1,7,10', '2,8,20'])
  const clock = movableClock()
  const opened: Session[] = []
  const open = async () => {
    const session = await openSession({
      folder: root,
      environment: 'prod',
      env: {},
      clock,
      log: () => silentLog,
      processName: 'a test',
    })
    opened.push(session)
    return session
  }
  const session = await open().catch((error: { params?: object }) => {
    throw new Error(JSON.stringify(error.params ?? String(error)))
  })
  const signal = new AbortController().signal
  return {
    root,
    stateUrl: options.stateUrl,
    clock,
    session,
    open,
    write,
    readings,
    run: async () =>
      (
        await runProject(
          session,
          { select: null, full: false, start: null, end: null, trigger: 'test', accept: [] },
          () => {},
          signal,
        )
      ).result,
    look: () => watchProject(session, clock.now()),
    close: async () => {
      for (const each of opened.splice(0)) await each.close()
      removeProject(root)
    },
  }
}
