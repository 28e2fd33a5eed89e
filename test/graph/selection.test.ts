import { describe, expect, it } from 'vitest'
import { select } from '../../src/graph/selection.js'

const selectable = {
  graph: new Map([
    ['raw.readings', []],
    ['staging.levels', ['raw.readings']],
    ['staging.doors', ['raw.readings']],
    ['marts.status', ['staging.levels']],
    ['marts.traffic', ['staging.doors']],
  ]),
  tags: new Map([
    ['marts.status', ['daily', 'app']],
    ['raw.readings', ['daily']],
  ]),
}
const names = (expression: string) => {
  const selection = select(expression, selectable)
  return selection.ok ? selection.names : selection
}

describe('a selection', () => {
  const cases: [string, string[]][] = [
    ['marts.status', ['marts.status']],
    ['Marts.Status', ['marts.status']],
    ['+marts.status', ['raw.readings', 'staging.levels', 'marts.status']],
    ['staging.doors+', ['staging.doors', 'marts.traffic']],
    ['+staging.doors+', ['raw.readings', 'staging.doors', 'marts.traffic']],
    ['staging.*', ['staging.levels', 'staging.doors']],
    ['*', ['raw.readings', 'staging.levels', 'staging.doors', 'marts.status', 'marts.traffic']],
    ['tag:daily', ['raw.readings', 'marts.status']],
    ['+tag:app', ['raw.readings', 'staging.levels', 'marts.status']],
    ['marts.traffic,raw.readings', ['raw.readings', 'marts.traffic']],
    [' marts.traffic  marts.status ', ['marts.status', 'marts.traffic']],
  ]
  for (const [expression, expected] of cases)
    it(`"${expression}" is ${expected.join(', ')}`, () => {
      expect(names(expression)).toEqual(expected)
    })

  it('that finds nothing says which term, and the nearest one', () => {
    expect(names('marts.status marts.statis')).toEqual({
      ok: false,
      term: 'marts.statis',
      nearest: 'marts.status',
    })
    expect(names('+marts.trafic+')).toEqual({ ok: false, term: '+marts.trafic+', nearest: '+marts.traffic+' })
    expect(names('tag:dayly')).toEqual({ ok: false, term: 'tag:dayly', nearest: 'tag:daily' })
    expect(names('stagin.*')).toEqual({ ok: false, term: 'stagin.*', nearest: 'staging.*' })
    expect(names('zzzzzzzzzzzzzzz')).toEqual({ ok: false, term: 'zzzzzzzzzzzzzzz', nearest: null })
    expect(names('  ')).toEqual({ ok: false, term: '', nearest: null })
    expect(names('+')).toMatchObject({ ok: false, term: '+' })
  })

  it('takes the dot and other signs as they are', () => {
    expect(names('marts_status')).toMatchObject({ ok: false })
    expect(names('marts.(status')).toMatchObject({ ok: false })
  })
})
