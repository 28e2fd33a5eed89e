import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../../../src/reports/period.js'
import { figure } from '../../../src/reports/render/figure.js'
import { STYLE } from '../../../src/reports/render/style.js'
import { writerFor } from '../../../src/reports/render/write-value.js'
import type { ChartBlock } from '../../../src/reports/report.js'

const ZONE = 'Europe/Dublin'
const at = { file: 'reports/weekly.md', line: 1, column: 1 }
const block: ChartBlock = {
  ...{
    kind: 'chart',
    chart: 'bar',
    query: 'q',
    x: { value: 'x', at },
    y: [{ value: 'y', at }],
    series: null,
  },
  ...{ title: [], caption: null, unit: '', format: null, formatAt: null, at },
}

function page(
  type: string,
  rows: readonly (readonly [string | null, number])[],
  chart: 'bar' | 'line' = 'bar',
) {
  const result = {
    columns: [
      { name: 'x', type },
      { name: 'y', type: 'BIGINT' },
    ],
    rows: rows.map((row) => [...row]),
    truncated: false,
  }
  const slots = { period: parsePeriod('2024-W05', 'week', ZONE)!, writer: writerFor('en-IE', ZONE) }
  const text = { title: 'T', caption: '', nothing: 'Nothing.' }
  return figure({ ...block, chart }, result, { text, number: 1, slots })
}

describe('a chart with its numbers', () => {
  it('that draws only some of them prints the table in which the note says the others stand', () => {
    const many = Array.from({ length: 90 }, (_, index) => [`washroom ${index}`, index + 1] as const)
    const cut = page('VARCHAR', many)
    expect(cut).toMatch(/The first \d+ of 90 are drawn; the others stand in the numbers\./)
    expect(cut).toContain('<details class="rest">')
    expect(cut).toContain('washroom 89')
    expect(STYLE).toMatch(/@media print\{.*details\.rest\{display:block\}/)
    expect(page('VARCHAR', many.slice(0, 3))).not.toMatch(/class="rest"|class="note"/)
  })

  it('says how many rows have no time and are not drawn', () => {
    const days = [
      ['2024-01-30T00:00:00Z', 1],
      [null, 2],
      ['2024-02-01T00:00:00Z', 3],
    ] as const
    expect(page('TIMESTAMP WITH TIME ZONE', days, 'line')).toContain(
      '1 row has no time that can be read and is not drawn.',
    )
    expect(page('TIMESTAMP WITH TIME ZONE', [days[0], days[2]], 'line')).not.toContain('class="note"')
  })
})
