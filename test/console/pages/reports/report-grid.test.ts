import { describe, expect, it } from 'vitest'
import { reportGrid } from '../../../../console/src/pages/reports/report-grid.js'
import type { ReportRecord } from '../../../../src/domain/report.js'

const record = (tenant: string | null, period: string, own: Partial<ReportRecord> = {}): ReportRecord => ({
  report: 'weekly',
  tenant,
  period,
  status: 'rendered',
  release: 1,
  at: 0,
  durationMs: 1,
  file: 'x.html',
  bytes: 1,
  message: '',
  ...own,
})

describe('renderings as a table', () => {
  it('has the newest periods first, and no more than asked for', () => {
    const grid = reportGrid(
      ['2024-W01', '2024-W10', '2023-W52'].map((period) => record('a', period)),
      2,
    )
    expect(grid.periods).toEqual(['2024-W10', '2024-W01'])
  })
  it('shows the latest of several of one tenant and period', () => {
    const grid = reportGrid([record('a', 'p', { at: 2, status: 'held' }), record('a', 'p', { at: 1 })], 9)
    expect(grid.rows[0]?.cells[0]?.status).toBe('held')
  })
  it('puts tenants in trouble first, numbers by size, and leaves a hole where nothing was rendered', () => {
    const grid = reportGrid(
      [record('10', '2'), record('9', '2'), record('9', '1'), record('11', '2', { status: 'failed' })],
      9,
    )
    expect(grid.rows.map(({ tenant }) => tenant)).toEqual(['11', '9', '10'])
    expect(grid.rows[2]?.cells).toEqual([expect.anything(), null])
  })
})
