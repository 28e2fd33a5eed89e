/**
 * What is wrong with a JSON text that `JSON.parse` takes without a word: an object with a name twice, of which it keeps
 * the last, or a NUL or half a character within a text, which databases cut off, refuse or replace. Null if nothing is. The text must be
 * JSON; nothing here recurses, however deep it is nested.
 */
export function faultOfJson(json: string): string | null {
  /** The names of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '{':
        open.push(new Set())
        break
      case '[':
        open.push(null)
        break
      case '}':
      case ']':
        open.pop()
        break
      case '"': {
        const end = endOfText(json, at)
        const text = JSON.parse(json.slice(at, end)) as string
        if (text.includes('\0')) return 'a text holds a NUL character'
        if (HALF_CHARACTER.test(text))
          return 'a text holds half a character (a surrogate without its other half)'
        if (isName(json, end)) {
          const names = open.at(-1)
          if (names?.has(text)) return `${text.slice(0, 100)} is given twice`
          names?.add(text)
        }
        at = end - 1
      }
    }
  }
  return null
}

const HALF_CHARACTER = /\p{Surrogate}/u

/** Behind the quote that ends the text which begins at `at`. */
function endOfText(json: string, at: number): number {
  let end = at + 1
  while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1
  return end + 1
}

/** A text is an object's name if a colon follows. */
function isName(json: string, end: number): boolean {
  let next = end
  while (SPACE.has(json[next] ?? '')) next++
  return json[next] === ':'
}

const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n'])
