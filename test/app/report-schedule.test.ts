import { describe, expect, it } from 'vitest'
import type { ApiHost } from '../../src/app/api/host.js'
import type { LiveEvent, QueueEntry } from '../../src/app/api/shapes.js'
import type { LiveProject } from '../../src/app/live/live.js'
import { reportSchedule } from '../../src/app/report-schedule.js'
import type { Session } from '../../src/app/session.js'
import { inProject, TRAFFIC_CSV } from './report-project.js'

/** As much of a live project as reports ask of one. */
function hostOf(session: Session, queue: () => readonly QueueEntry[] = () => []) {
  const published: Partial<LiveEvent>[] = []
  const live = {
    session,
    queue,
    publish: (event: Partial<LiveEvent>) => void published.push(event),
  } as unknown as LiveProject
  const host: ApiHost = { live, use: (work) => work(session) }
  return { host, published }
}

const MONDAY_AT_SEVEN = Date.parse('2024-02-05T07:00:00Z')

describe('scheduled reports', () => {
  it('are those with a schedule; a tick makes the period that is over, for every tenant', async () => {
    await inProject(TRAFFIC_CSV, async ({ use }) => {
      await use(async (session) => {
        const { host, published } = hostOf(session)
        const schedule = reportSchedule(host)
        expect(schedule.scheduled()).toEqual([
          { subject: 'report:weekly', schedule: { kind: 'cron', pattern: '0 7 * * 1', catchUp: 'latest' } },
        ])
        const outcome = await schedule.start('report:weekly', MONDAY_AT_SEVEN)
        expect(outcome).toEqual({ run: null, note: '2024-W05: 2 rendered' })
        expect(published.map(({ kind }) => kind)).toEqual(['report', 'report'])
        expect((await schedule.start('report:weekly', MONDAY_AT_SEVEN)).note).toBe('2024-W05: 2 unchanged')
      })
    })
  }, 30_000)

  it('wait for runs that touch what they are made from, not for others nor for those that come later', async () => {
    await inProject(TRAFFIC_CSV, async ({ use }) => {
      await use(async (session) => {
        const entry = (ticket: string, assets: readonly string[]): QueueEntry => ({
          ...{ ticket, trigger: 'schedule', assets, since: 0, run: 1, waitsFor: '' },
        })
        let asked = 0
        const queue = () =>
          asked++ < 2
            ? [entry('t1', ['raw.visits']), entry('t2', ['marts.other'])]
            : [entry('t2', ['marts.other']), entry('t3', ['raw.visits'])]
        const outcome = await reportSchedule(hostOf(session, queue).host).start(
          'report:weekly',
          MONDAY_AT_SEVEN,
        )
        expect(outcome.note).toBe('2024-W05: 2 rendered')
        expect(asked).toBe(3)
      })
    })
  }, 30_000)

  it('that can be made for nobody leave a record that says why, and end well', async () => {
    const broken = { 'reports/weekly.md': (text: string) => text.replace('sum(visits)', 'sum(vists)') }
    await inProject(
      TRAFFIC_CSV,
      async ({ use }) => {
        await use(async (session) => {
          const { host, published } = hostOf(session)
          const { note } = await reportSchedule(host).start('report:weekly', MONDAY_AT_SEVEN)
          expect(note).toMatch(/^not made: The report weekly cannot be made/)
          expect(published).toMatchObject([{ kind: 'report', record: { tenant: null, status: 'failed' } }])
          expect((await reportSchedule(host).start('report:gone', MONDAY_AT_SEVEN)).note).toMatch(
            /no report gone/,
          )
        })
      },
      broken,
    )
  }, 30_000)
})
