import type { Location } from '../../domain/diagnostic.js'

/** A text file of the project, and where its lines begin. */
export type SourceText = Readonly<{
  /** Relative to the project folder, with forward slashes. */
  file: string
  text: string
  lineStarts: readonly number[]
}>

export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) lineStarts.push(match.index + match[0].length)
  return { file, text, lineStarts }
}

/** Line and column, from 1, of an index into the text. A column is a character, however many bytes it takes. */
export function locate({ file, text, lineStarts }: SourceText, index: number): Location {
  const at = Math.max(0, Math.min(index, text.length))
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return { file, line: low + 1, column: characters(text.slice(lineStarts[low], at)) + 1 }
}

/** A character beyond U+FFFF has two places in a string. */
const characters = (text: string): number => text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0)

/** Index into the text of a byte offset into its UTF-8, as parsers count. */
export function indexOfByte(text: string, offset: number): number {
  return Buffer.from(text).subarray(0, offset).toString().length
}
