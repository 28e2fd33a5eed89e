import { expect, it } from 'vitest'
import { indexOfByte, locate, sourceText } from '../../../src/project/files/source-text.js'

it('lines and columns count from 1, in characters, whatever ends a line', () => {
  const source = sourceText('x', 'a\r\nbé😀c\rd\n\ne')
  const at = (index: number) => {
    const { line, column } = locate(source, index)
    return [line, column]
  }
  expect(at(0)).toEqual([1, 1])
  expect(at(3)).toEqual([2, 1])
  expect(at(source.text.indexOf('c'))).toEqual([2, 4])
  expect(at(source.text.indexOf('d'))).toEqual([3, 1])
  expect(at(source.text.indexOf('e'))).toEqual([5, 1])
  expect(at(999)).toEqual([5, 2])
  expect(at(-1)).toEqual([1, 1])
})

it('bytes become places in the text', () => {
  const text = 'é😀x'
  expect([0, 2, 6].map((offset) => indexOfByte(text, offset))).toEqual([0, 1, 3])
})
