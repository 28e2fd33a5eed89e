import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examineSchedules } from '../../src/app/examine-schedules.js'
import { openSession, type Session } from '../../src/app/session.js'
import { openTestProject } from './api/test-project.js'

const asset = (header: string) => `/* @asset\ndescription: x\n${header}\n*/\nselect 1 as n\n`

describe('what doctor says of schedules', () => {
  let session: Session
  let remove: () => Promise<void>
  beforeAll(async () => {
    const project = await openTestProject({
      'millrace.yaml': `name: doctor
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
`,
      'assets/a/one.sql': asset("schedule: '0 3 * * *'"),
      'assets/a/two.sql': asset(''),
      'reports/weekly.md': "---\ntitle: Weekly\nperiod: week\nschedule: '0 7 * * 1'\n---\n\nHello.\n",
    })
    remove = project.remove
    session = await openSession(project.options)
  })
  afterAll(async () => {
    await session?.close()
    await remove?.()
  })

  test('that nobody keeps them, those of reports neither, where no server runs', () => {
    expect(examineSchedules(session, null)).toEqual([
      {
        topic: 'schedules',
        status: 'warning',
        detail: '2 schedules, and no server keeps them',
        hint: 'What they build is built by itself while one runs: millrace serve',
      },
    ])
  })
})
