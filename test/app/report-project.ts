import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProject } from '../../src/app/run-project.js'
import { openSession, type Session } from '../../src/app/session.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { startTestPostgres } from '../support/postgres.js'
import { removeProject } from '../support/remove-project.js'

export const TRAFFIC_CSV = `customer_id,room,came_at,visits
a,Hall,2024-01-29T10:00:00Z,7
a,Yard,2024-01-30T10:00:00Z,8
b,Hall,2024-02-01T10:00:00Z,9
`

const FILES: Readonly<Record<string, string>> = {
  'millrace.yaml': `name: small
tenant: customer_id
timezone: Europe/Dublin
state: "\${STATE_URL}"
connections:
  drop: { type: files, path: ./incoming }
`,
  'assets/raw/visits.yaml': `description: Visits
source: { from: drop, path: '*.csv', format: csv }
columns:
  customer_id: { type: VARCHAR }
  came_at: { type: TIMESTAMP WITH TIME ZONE }
  visits: { type: BIGINT }
`,
  'assets/marts/traffic.sql': `/* @asset
description: Visits per room and day
*/
select customer_id, room, date_trunc('day', came_at) as day, sum(visits)::bigint as visits
from raw.visits group by all
`,
  'reports/weekly.md': `---
title: Your week
for_each: tenant
period: week
schedule: '0 7 * * 1'
---

\`\`\`sql total
select sum(visits) as visits from marts.traffic where day >= $start and day < $end
\`\`\`

{{ total.visits }} visits
`,
  'reports/by-hand.md': '---\ntitle: Now and then\nperiod: year\n---\n\nNothing to report.\n',
}

export type ReportProject = Readonly<{
  root: string
  /** Opens the project, runs it, and works on it. */
  use(work: (session: Session) => Promise<void>): Promise<void>
}>

/** A small project with a weekly report. `change` rewrites files by name. */
export async function inProject(
  csv: string,
  work: (project: ReportProject) => Promise<void>,
  change: Readonly<Record<string, (text: string) => string>> = {},
): Promise<void> {
  const server = await startTestPostgres()
  const root = mkdtempSync(join(tmpdir(), 'millrace-report-'))
  for (const [file, text] of Object.entries({ ...FILES, 'incoming/1.csv': csv })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), change[file]?.(text) ?? text)
  }
  try {
    const session = async (inside: (session: Session) => Promise<void>) => {
      const opened = await openSession({
        ...{ folder: root, environment: 'prod', env: { STATE_URL: server.url }, clock: systemClock },
        ...{ log: () => silentLog, processName: 'a test' },
      })
      const all = { select: null, full: false, start: null, end: null, trigger: 'a test', accept: [] }
      try {
        await runProject(opened, all, () => undefined, new AbortController().signal)
        await inside(opened)
      } finally {
        await opened.close()
      }
    }
    await work({ root, use: session })
  } finally {
    await server.stop()
    removeProject(root)
  }
}
