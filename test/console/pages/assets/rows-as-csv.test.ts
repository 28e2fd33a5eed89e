import { describe, expect, it } from 'vitest'
import { rowsAsCsv } from '../../../../console/src/pages/assets/rows-as-csv.js'

const line = (...row: unknown[]): string => rowsAsCsv([], [row]).split('\r\n')[1]!

describe('rows copied as CSV', () => {
  it('have a line of names and end every line in CRLF', () => {
    expect(rowsAsCsv(['a', 'b'], [[1, true]])).toBe('a,b\r\n1,true\r\n')
  })
  it('tell NULL from an empty text', () => {
    expect(line(null, '')).toBe(',""')
  })
  it('quote commas, quotes and line ends', () => {
    expect(line('a,b', 'say "x"', 'two\nlines')).toBe('"a,b","say ""x""","two\nlines"')
  })
  it('write lists and objects as JSON', () => {
    expect(line([1, 2], { a: 1 })).toBe('"[1,2]","{""a"":1}"')
  })
  it('give a spreadsheet no formula to run', () => {
    expect(line('=1+1', '@x', '+cmd', '-x')).toBe("'=1+1,'@x,'+cmd,'-x")
  })
  it('leave numbers alone, also those too long for a number', () => {
    expect(line(-5, '-12345678901234567890', '-1.5e3')).toBe('-5,-12345678901234567890,-1.5e3')
  })
})
