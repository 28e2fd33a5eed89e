import { describe, expect, it } from 'vitest'
import {
  mentionedNames,
  statementText,
} from '../../../../../src/adapters/engines/duckdb/statements/statement-text.js'

describe('statementText', () => {
  it('puts literals in place of parameters, and only there', () => {
    const sql = `select '$a', "$a", e'\\'$a', $$ $a $$, /* $a /* $a */ */ $a, $A -- $a`
    expect(statementText(sql, { a: "it's" }).text).toBe(
      `select '$a', "$a", e'\\'$a', $$ $a $$, /* $a /* $a */ */ 'it''s', 'it''s'`,
    )
  })

  it('writes each kind of value as an author would', () => {
    const text = (value: Parameters<typeof statementText>[1][string]) =>
      statementText('$v', { v: value }).text
    expect(text(-1.5)).toBe('(-1.5)')
    expect(text(null)).toBe('NULL')
    expect(text(false)).toBe('false')
    expect(text(['a', 1])).toBe("['a', 1]")
    expect(text({ 'a b': { c: [] } })).toBe(`{"a b": {"c": []}}`)
    expect(text('two\nlines')).toBe("e'two\\nlines'")
  })

  it('gives start and end as instants', () => {
    expect(statementText('$start', { start: 0 }).text).toBe("TIMESTAMPTZ '1970-01-01 00:00:00+00'")
    expect(statementText('$end', { end: 1 }).text).toBe("TIMESTAMPTZ '1970-01-01 00:00:00.001+00'")
    expect(statementText('$end', { end: 8.64e15 }).text).toContain('make_timestamptz')
  })

  it('cuts final semicolons and what follows them', () => {
    expect(statementText('select 1;;\n-- done\n', {}).text).toBe('select 1')
    expect(statementText('-- nothing', {}).text).toBe('')
  })

  it('finds the way back to the author’s text', () => {
    const statement = statementText('select $long, nope, $long, nope', { long: 'x'.repeat(50) })
    for (const from of [0, 60]) {
      const index = statement.text.indexOf('nope', from)
      expect(statement.source.slice(statement.origin(index), statement.origin(index) + 4)).toBe('nope')
    }
  })

  it('names what has no value', () => {
    expect(statementText('select $a, $b', { a: 1 }).missing).toEqual(['$b'])
  })
})

describe('mentionedNames', () => {
  it('finds every qualified name, quoted or not, and no text or comment', () => {
    const sql = `select a.id, 'no.no' from Staging.A a join "x"."y z" /* no.no */ on "A".id = marts . b`
    expect(mentionedNames(sql)).toEqual(new Set(['a.id', 'staging.a', 'x.y z', 'marts.b']))
  })
})
