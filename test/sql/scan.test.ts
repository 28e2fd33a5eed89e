import { describe, expect, it } from 'vitest'
import { scanSql, statementStarts } from '../../src/sql/scan.js'

const texts = (sql: string) => scanSql(sql).map(({ text }) => text)

describe('scanning SQL', () => {
  it('leaves out comments, nested ones too', () => {
    expect(texts('a -- b; c\n/* d /* e */ f; */ g')).toEqual(['a', 'g'])
  })

  it('keeps quoted texts whole, whatever they hold', () => {
    expect(texts(`'a;''b' "c;""d" $$e;$f$$ $t$ ; $$ $t$ e'\\';'`)).toEqual([
      `'a;''b'`,
      `"c;""d"`,
      '$$e;$f$$',
      '$t$ ; $$ $t$',
      `e'\\';'`,
    ])
  })

  it('knows parameters from dollar quotes', () => {
    expect(scanSql('$start + $x').filter(({ kind }) => kind === 'parameter')).toEqual([
      { kind: 'parameter', text: '$start', start: 0 },
      { kind: 'parameter', text: '$x', start: 9 },
    ])
  })

  it('ends on texts that are never closed', () => {
    for (const sql of [`'a`, '"a', '$$a', '/* a', '/* /* */']) expect(texts(`x ${sql}`)[0]).toBe('x')
  })

  it('finds where statements begin', () => {
    expect(statementStarts(scanSql(';; select 1; ; -- x\n(select 2);')).map(({ start }) => start)).toEqual([
      3, 20,
    ])
  })
})
