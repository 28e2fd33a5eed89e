import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadReports } from '../../src/reports/load-reports.js'
import { assetsOf } from '../../src/reports/report.js'
import { duckDbParser, printed } from '../project/fixture.js'
import { expectGolden } from '../support/golden.js'
import { SOUND, WRONG_REPORTS } from './wrong-reports.js'

async function load(files: Readonly<Record<string, string>>, tenant: string | null = 'customer_id') {
  const root = await mkdtemp(join(tmpdir(), 'millrace-reports-'))
  try {
    await mkdir(join(root, 'reports'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'reports', name), text)
    const assets = ['marts.traffic', 'marts.status', 'raw.kinds']
    return await loadReports(root, { assets, vars: ['silent_after'], tenant, parse: await duckDbParser() })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

describe('a wrong report', () => {
  for (const [name, text] of Object.entries(WRONG_REPORTS))
    it(`is told: ${name.replaceAll('-', ' ')}`, async () => {
      const { reports, diagnostics } = await load({ 'weekly.md': text })
      expect(diagnostics.length).toBeGreaterThan(0)
      expect(reports.length === 0).toBe(diagnostics.some(({ severity }) => severity === 'error'))
      expectGolden(`reports/${name}.txt`, printed(diagnostics))
    })

  it('has a golden file for each way and no other', async () => {
    const files = await readdir(resolve(import.meta.dirname, '../golden/reports'))
    expect(files.sort()).toEqual(
      Object.keys(WRONG_REPORTS)
        .map((name) => `${name}.txt`)
        .sort(),
    )
  })
})

describe('reading reports', () => {
  it('a sound report has no diagnostics and knows what it reads', async () => {
    const { reports, diagnostics } = await load({ 'weekly.md': SOUND })
    expect(diagnostics).toEqual([])
    expect(reports.map(({ name }) => name)).toEqual(['weekly'])
    expect(assetsOf(reports[0]!)).toEqual(['marts.traffic'])
  })

  it('Windows line ends change nothing', async () => {
    const { reports, diagnostics } = await load({ 'weekly.md': SOUND.replaceAll('\n', '\r\n') })
    expect(diagnostics).toEqual([])
    expect(reports[0]?.blocks).toHaveLength(1)
  })

  it('a report for each tenant needs the project to say what a tenant is', async () => {
    const { diagnostics } = await load({ 'weekly.md': SOUND }, null)
    expect(diagnostics.map(({ code }) => code)).toEqual(['REPORT_TENANT_UNDECLARED'])
  })

  it('notes and folders beside reports are passed over, a bad name is told', async () => {
    const { reports, diagnostics } = await load({
      'README.md': 'notes',
      '_draft.md': 'notes',
      'Weekly Report.md': SOUND,
    })
    expect(reports).toHaveLength(1)
    expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([
      ['REPORT_FILE_NAME', 'reports/Weekly Report.md'],
    ])
  })

  it('raw HTML is shown as text, and marks of our own cannot be forged', async () => {
    const text = `${SOUND}\n<script>alert(1)</script> \ue0000\ue001`
    const { reports } = await load({ 'weekly.md': text })
    expect(reports[0]?.html).not.toContain('<script>')
    expect(reports[0]?.html).toContain('&lt;script&gt;')
    expect(reports[0]?.html.split('\ue0000\ue001')).toHaveLength(2)
  })
})
