import { describe, expect, test } from 'vitest'
import { LineSplitter } from '../../src/base/lines.js'

function split(maxChars: number, ...pieces: string[]): [string, number][] {
  const lines: [string, number][] = []
  const splitter = new LineSplitter(maxChars, (line, missing) => lines.push([line, missing]))
  for (const piece of pieces) splitter.push(piece)
  splitter.flush()
  return lines
}

describe('LineSplitter', () => {
  test('joins pieces of a line and splits pieces of several', () => {
    expect(split(99, 'a', 'b\nc\n\nd', '\r\n')).toEqual([
      ['ab', 0],
      ['c', 0],
      ['', 0],
      ['d', 0],
    ])
  })

  test('hands on what has no line end with flush', () => {
    expect(split(99, 'a\nb')).toEqual([
      ['a', 0],
      ['b', 0],
    ])
  })

  test('cuts a long line and says how much is missing', () => {
    expect(split(3, 'abcd', 'ef', 'g\nxy\n')).toEqual([
      ['abc', 4],
      ['xy', 0],
    ])
  })
})
