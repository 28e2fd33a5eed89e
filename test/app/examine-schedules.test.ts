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
    })
    remove = project.remove
    session = await openSession(project.options)
  })
  afterAll(async () => {
    await session?.close()
    await remove?.()
  })

  test('that nobody keeps them, where no server runs', () => {
    expect(examineSchedules(session, null)).toEqual([
      {
        topic: 'schedules',
        status: 'warning',
        detail: '1 asset has a schedule, and no server keeps it',
        hint: 'It is built by itself while one runs: millrace serve',
      },
    ])
  })
})
