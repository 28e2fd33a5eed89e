/** Where the page shows a chart smaller, on a phone, it writes larger: what must not collide is measured so. */
export const LARGEST_TEXT = 19
export const TEXT = 12

const NARROW = /[\s.,:;'’|!ijlftrI()[\]-]/
const WIDE = /[MWmw%@—]/
/** Scripts whose letters fill a square, and emoji. */
const SQUARE = /[\u1100-\u11ff\u2e80-\uffef]|\p{Extended_Pictographic}/u

/** About how wide a text will be. Nobody knows the reader's font, so it is rather too much than too little. */
export function textWidth(text: string, size: number = TEXT): number {
  let em = 0
  for (const letter of text) em += letterWidth(letter)
  return em * size
}

function letterWidth(letter: string): number {
  if (NARROW.test(letter)) return 0.36
  if (SQUARE.test(letter)) return 1
  if (WIDE.test(letter)) return 0.92
  return /\p{Lu}/u.test(letter) ? 0.7 : 0.6
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function shortened(text: string, width: number, size: number = TEXT): string {
  let left = width - letterWidth('…') * size
  let kept = ''
  for (const letter of text) {
    left -= letterWidth(letter) * size
    if (left < 0) return textWidth(text, size) <= width ? text : `${kept.trimEnd()}…`
    kept += letter
  }
  return text
}
