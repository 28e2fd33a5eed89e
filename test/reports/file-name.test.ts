import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folderName, reportFile } from '../../src/reports/file-name.js'

describe('a tenant’s folder', () => {
  it('is the id itself where that is plain', () => {
    const plain = ['acme', '42', 'a-b_c', 'a.b']
    for (const id of plain) expect(folderName(id, false)).toBe(id)
    for (const id of [...plain, 'ACME-01']) expect(folderName(id, true)).toBe(id)
    const page = { report: 'weekly', tenant: 'acme', period: '2024-W05' }
    expect(reportFile(page, false)).toBe('weekly/acme/2024-W05.html')
    expect(reportFile({ ...page, tenant: null }, false)).toBe('weekly/2024-W05.html')
  })

  it('never leads elsewhere', () => {
    const names = [
      '..',
      '.',
      '../x',
      '/etc',
      'a/../b',
      'a\\b',
      'c:',
      'nul',
      'con.txt',
      '',
      ' ',
      'x.',
      '~',
      '\0',
      'NUL',
    ].flatMap((id) => [folderName(id, false), folderName(id, true)])
    for (const name of names) expect(name).toMatch(/^(?!\.)[a-z0-9_.%-]+(?<!\.)$/i)
    expect(names.map((name) => name.toLowerCase())).not.toContain('nul')
  })

  it('is never another’s, letter case and long ids included', () => {
    const hostile = [
      'Acme',
      'acme',
      'ACME',
      '%41cme',
      'é',
      'e\u0301',
      'É',
      'a/b',
      'a%2fb',
      '..',
      '%2e.',
      '',
      '%',
    ]
    const long = [`${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`, 'x'.repeat(120), 'x'.repeat(121)]
    const names = [...hostile, ...long].map((id) => folderName(id, false).toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    const told = [...hostile, ...long].map((id) => folderName(id, true))
    expect(new Set(told).size).toBe(told.length)
    for (const name of [...names, ...told]) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
  })

  it('of any two ids are two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(folderName(a, true) === folderName(b, true)).toBe(a === b)
        expect(folderName(a, false).toLowerCase() === folderName(b, false).toLowerCase()).toBe(a === b)
      }),
    )
  })
})
