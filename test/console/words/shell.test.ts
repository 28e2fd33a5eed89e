import { expect, test } from 'vitest'
import { shellWord } from '../../../console/src/words/shell.js'

test('a word stays one word, whatever it holds', () => {
  expect(shellWord('a.b+')).toBe('a.b+')
  expect(shellWord('marts.*')).toBe("'marts.*'")
  expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'")
})
