import { expect, test } from 'vitest'
import type { StateStore } from '../../src/adapters/state/store.js'
import type { ReportRecord } from '../../src/domain/report.js'

const record = (change: Partial<ReportRecord> = {}): ReportRecord => ({
  report: 'weekly',
  tenant: 'acme',
  period: '2024-W05',
  status: 'rendered',
  release: 3,
  at: 1_700_000_000_123,
  durationMs: 12.5,
  file: 'weekly/acme/2024-W05.html',
  bytes: 36_000,
  message: '',
  ...change,
})

/** What a state store promises of reports. */
export function reportStoreClaims(store: () => StateStore): void {
  const all = (report = 'weekly') => store().reports.records({ report, limit: 100 })

  test('a report’s record is kept as it was, the latest of each tenant and period', async () => {
    const { reports } = store()
    await reports.save([record()])
    const later = record({
      status: 'held',
      file: null,
      bytes: 0,
      at: 1_700_000_001_000,
      message: 'a “check” failed',
    })
    await reports.save([later, record({ period: '2024-W04' })])
    expect(await all()).toEqual([later, record({ period: '2024-W04' })])
    expect(await reports.records({ report: 'weekly', period: '2024-W04', limit: 1 })).toEqual([
      record({ period: '2024-W04' }),
    ])
    await reports.save([])
  })

  test('tenants whose ids look alike have records of their own; no tenant is not the empty one', async () => {
    const ids = ['Acme', 'acme', '', null, '..', `o'neil`, 'é', 'e\u0301']
    await store().reports.save(ids.map((tenant) => record({ tenant })))
    expect(new Set((await all()).map(({ tenant }) => tenant))).toEqual(new Set(ids))
    expect(await store().reports.tenants('weekly')).toEqual(
      ids.filter((id) => id !== null).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
  })

  test('of a report told twice at once the last counts', async () => {
    await store().reports.save([record({ release: 1 }), record({ release: 2 })])
    expect((await all()).map(({ release }) => release)).toEqual([2])
  })

  test('what was said of a report as a whole is over once it is made for a tenant, in that period', async () => {
    const { reports } = store()
    const whole = (period: string) => record({ tenant: null, period, status: 'failed', file: null })
    await reports.save([whole('2024-W04'), whole('2024-W05')])
    await reports.save([record(), record({ report: 'monthly' })])
    expect(await all()).toEqual([record(), whole('2024-W04')])
    await reports.save([whole('2024-W05')])
    expect(await all()).toEqual(expect.arrayContaining([record(), whole('2024-W05'), whole('2024-W04')]))
  })

  test('the latest period of each report is counted', async () => {
    const at = 1_700_000_100_000
    await store().reports.save([
      record({ period: '2024-W04', tenant: 'old', status: 'failed' }),
      record({ at, status: 'unchanged' }),
      record({ at, tenant: 'b', status: 'no_data' }),
      record({ at: at + 1, tenant: 'c', status: 'held' }),
      record({ report: 'monthly', tenant: null, period: '2024-01', status: 'failed' }),
    ])
    expect(await store().reports.latest()).toEqual([
      {
        report: 'monthly',
        period: '2024-01',
        at: 1_700_000_000_123,
        tenants: 0,
        rendered: 0,
        held: 0,
        failed: 1,
      },
      { report: 'weekly', period: '2024-W05', at: at + 1, tenants: 3, rendered: 2, held: 1, failed: 0 },
    ])
  })
}
