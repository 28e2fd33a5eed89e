import { expect, test } from 'vitest'
import {
  type CsvDialect,
  CsvTokenizer,
  fieldText,
} from '../../../../src/adapters/sources/files/csv-tokenizer.js'

const TEXTS = [
  ['id,"x,y","q""q"', '1,"two\nlines",é😀', '"","cr\rcr","crlf\r\nx"'],
  ['a"b,"a\r"', '"\n",7', ''],
]

function rowsOf(text: string, dialect: CsvDialect, step: number): unknown {
  const rows: string[][] = []
  const tokenizer = new CsvTokenizer(dialect, {
    onRow: (row) =>
      rows.push([
        String(row.line),
        ...Array.from({ length: row.fields }, (_, at) => fieldText(row, at, dialect)),
      ]),
    onFault: ({ detail }) => {
      throw new Error(detail)
    },
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += step) tokenizer.push(Buffer.from(bytes.subarray(at, at + step)))
  if (tokenizer.tail()) tokenizer.takeTail()
  return { rows, ends: tokenizer.ends }
}

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('rows and what is odd about them do not depend on where the bytes are cut: %s', (_name, end) => {
  const dialect = { delimiter: 44, quote: 34, escape: 34, crLines: end === '\r', comment: -1, skip: 0 }
  for (const lines of TEXTS)
    for (const last of ['', end]) {
      const text = lines.join(end) + last
      const whole = rowsOf(text, dialect, text.length * 4)
      for (const step of [1, 2, 3, 5]) expect(rowsOf(text, dialect, step)).toEqual(whole)
    }
})
