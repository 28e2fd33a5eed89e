import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folderName, reportFile } from '../../src/reports/file-name.js'

describe('a tenant’s folder', () => {
  it('is the id itself where that is plain', () => {
    expect(['acme', '42', 'a-b_c', 'a.b'].map(folderName)).toEqual(['acme', '42', 'a-b_c', 'a.b'])
    expect(reportFile('weekly', 'acme', '2024-W05')).toBe('weekly/acme/2024-W05.html')
    expect(reportFile('weekly', null, '2024-W05')).toBe('weekly/2024-W05.html')
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
    ].map(folderName)
    for (const name of names) expect(name).toMatch(/^(?!\.)[a-z0-9_.%-]+(?<!\.)$/)
    expect(names).not.toContain('nul')
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
    const names = [...hostile, ...long].map((id) => folderName(id).toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
  })

  it('of any two ids are two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(folderName(a).toLowerCase() === folderName(b).toLowerCase()).toBe(a === b)
      }),
    )
  })
})
