import { describe, expect, it } from 'vitest'
import { headerLines } from '../../../../../console/src/pages/assets/code/header-lines.js'
import { tokenLines, tokensOf } from '../../../../../console/src/pages/assets/code/tokens.js'

const kinds = (text: string, language: 'sql' | 'typescript' | 'yaml') =>
  tokensOf(text, language)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text: piece }) => `${kind} ${piece}`)

describe('coloured code', () => {
  it('colours SQL', () => {
    expect(kinds("SELECT 'it''s', \"from\", t1 -- why\nfrom x where d >= $start and n > 1.5", 'sql')).toEqual(
      [
        'keyword SELECT',
        "string 'it''s'",
        'comment -- why',
        'keyword from',
        'keyword where',
        'parameter $start',
        'keyword and',
        'number 1.5',
      ],
    )
  })
  it('colours TypeScript, and knows a keyword only by its own case', () => {
    expect(kinds("const If = `a b` // x\nreturn 'q\\'t'", 'typescript')).toEqual([
      'keyword const',
      'string `a b`',
      'comment // x',
      'keyword return',
      "string 'q\\'t'",
    ])
  })
  it('colours YAML keys, also in flow, and no colon inside a value', () => {
    expect(
      kinds("source: { from: app, load: keyed } # x\nurl: http://a:1/b\n- key: 'v'\non: true", 'yaml'),
    ).toEqual([
      'key source',
      'key from',
      'key load',
      'comment # x',
      'key url',
      'key key',
      "string 'v'",
      'key on',
      'keyword true',
    ])
  })
  it.each(['sql', 'typescript', 'yaml'] as const)('loses no character of broken %s', (language) => {
    const broken = '/* open \'x\n"y `z ${ 12ab äöü €\n\t- : #'
    expect(
      tokensOf(broken, language)
        .map(({ text }) => text)
        .join(''),
    ).toBe(broken)
  })
  it('cuts comments of many lines into lines, and adds none at the end', () => {
    expect(
      tokenLines('/* a\nb */\nselect 1\n', 'sql').map((line) => line.map(({ text }) => text).join('')),
    ).toEqual(['/* a', 'b */', 'select 1'])
  })
})

describe('the header of a file', () => {
  it('ends where its comment does, not at a cron step inside it', () => {
    expect(headerLines("/* @asset\nschedule: '*/15 * * * *'\n*/\nselect 1\n", 'sql')).toEqual([1, 3])
  })
  it('is not there in YAML or without @asset', () => {
    expect(headerLines('description: x\n', 'yaml')).toBeNull()
    expect(headerLines('/* about\nthis */\nselect 1', 'sql')).toBeNull()
    expect(headerLines('', 'sql')).toBeNull()
  })
})
