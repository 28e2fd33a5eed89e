import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Diagnostic } from '../../../src/domain/diagnostic.js'
import { sourceText } from '../../../src/project/files/source-text.js'
import { parsePlainYaml } from '../../../src/project/yaml/plain-yaml.js'
import { parseWholeYaml } from '../../../src/project/yaml/whole-yaml.js'
import { WRONG_PROJECTS } from '../wrong-projects.js'

/** Both readings of a text that stands behind a few characters of a file; the library's with what it reported. */
function readings(yaml: string) {
  const before = '/* @asset '
  const source = sourceText('assets/a/b.sql', `${before}${yaml}*/`)
  const reports: Diagnostic[] = []
  const whole = parseWholeYaml(source, before.length, yaml, (diagnostic) => void reports.push(diagnostic))
  return { plain: parsePlainYaml(source, before.length, yaml), whole, reports }
}

/** True if it was read; then the library read the same, and had nothing to say. */
function readsAlike(yaml: string): boolean {
  const { plain, whole, reports } = readings(yaml)
  if (plain === null) return false
  expect(plain, yaml).toEqual(whole)
  expect(reports, yaml).toEqual([])
  return true
}

/** Every file with a header below a folder, and the headers alone. */
function headersBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(sql|ts|yaml)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return file.endsWith('.yaml') ? [text] : [/\/\*\s*@asset[ \t]*([\s\S]*?)\*\//.exec(text)?.[1] ?? '']
    })
    .filter((text) => text !== '')
}

const EXAMPLE = join(import.meta.dirname, '../../../examples/washrooms/assets')

describe('the reader of plain YAML', () => {
  it('reads nearly every header of the example, and as the library does', () => {
    const headers = headersBelow(EXAMPLE)
    expect(headers.filter(readsAlike).length).toBeGreaterThan(headers.length * 0.8)
  })

  it('leaves what is wrong to the library', () => {
    const texts = Object.values(WRONG_PROJECTS).flatMap(({ files }) => Object.values(files))
    for (const text of texts) {
      if (typeof text !== 'string') continue
      readsAlike(text)
      readsAlike(/@asset[ \t]*([\s\S]*?)\*\//.exec(text)?.[1] ?? '')
    }
  })

  it.each([
    "a: 1\nb:\n  c: x y # why\n  d: [1, two, { e: \"f, g\", h: 'i''j' }]\n# end\n",
    'n: { checks: [not_null] }\ny: n\n',
    'checks:\n- not_null\n- row_count: { min: 1 }\n- failed_rows:\n    sql: select 1\n  severity: error\nkey: [a]\n',
    'list:\n  - - 1\n    - 2\n  -   a: b\n      c: d\n',
    'a: >\n  one two\n  three # four\nb: |\n  one\n  two\n\nc:\n  - sql: >\n      select 1\n    d: e\n',
    'type: DECIMAL(10,2)\nother: INTEGER[]\nrate: 0.25\nless: -3\nat: (a = b)\nempty: []\nnone: {}\n',
  ])('reads %j', (yaml) => {
    expect(readsAlike(yaml)).toBe(true)
  })

  it.each([
    'a: b\n  c: d',
    'a: b\n  c',
    'a: |\n  b',
    'a: >\n  b\n   c\n',
    'a: >\n  b\n\n  c\n',
    'a: |\n  b\n  # c\nd: e\n',
    'a: |-\n  b\n',
    'a: |\n  b  \n',
    'a: |\nb: c\n',
    'a: &b c\nd: *b',
    'a: b: c',
    'a: [b, c',
    'a: {b}',
    'a: 1\na: 2',
    'a:\n',
    'a: yes',
    'a: 2024-01-01',
    'a: 010',
    'a: 1e3',
    'a: ~',
    '? a\n: b',
    '---\na: b',
    'a:\n\tb: c',
    'a: "b\\n"',
    "a: 'b' c",
    'a: !!str b',
    'a:\n    b: c\n  d: e',
    '- a\nb: c',
    'a: @b',
    'a: b\r\nc: d',
  ])('leaves %j to the library', (yaml) => {
    expect(readsAlike(yaml)).toBe(false)
  })

  it('reads what the library writes as the library does', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.string({ maxLength: 12 }),
        fc.constantFrom(
          'no',
          '1',
          '2 days',
          'a: b',
          '# c',
          '-',
          '[x]',
          "it's",
          'INTEGER[]',
          ' padded ',
          'a #b',
        ),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-zA-Z_][\w.-]{0,5}$/), tie('node'), { maxKeys: 3 }),
      ),
    })).node
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      singleQuote: fc.boolean(),
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const, 'block' as const),
    })
    fc.assert(
      fc.property(
        value,
        style,
        (given, options) => void readsAlike(stringify(given, { lineWidth: 0, ...options })),
      ),
      { numRuns: 1500 },
    )
  })

  it('never reads otherwise than the library, whatever stands there', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b:',
        ': ',
        'key: ',
        '- ',
        '-',
        '\n',
        '\n  ',
        '\n    ',
        ' ',
        '{',
        '}',
        '[',
        ']',
        ',',
        ', ',
        "'",
        '"',
      ],
      ...[
        '#',
        ' # ',
        'x y',
        '1',
        '-2.5',
        'no',
        'null',
        '*',
        '&a',
        '!',
        '|',
        '>',
        '?',
        '%',
        '`',
        '@',
        '$',
        '.',
        '~',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => void readsAlike(pieces.join(''))),
      { numRuns: 6000 },
    )
  })
})
