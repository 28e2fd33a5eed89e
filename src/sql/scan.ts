/** A piece of SQL that matters for pointing at it. `start` is an index into the text. */
export type SqlToken = Readonly<{
  kind: 'word' | 'parameter' | 'semicolon' | 'other'
  text: string
  start: number
}>

const SPACE = /\s+/y
const LINE_COMMENT = /--[^\n\r]*/y
const SINGLE_QUOTED = /'(?:[^']|'')*(?:'|$)/y
const ESCAPE_QUOTED = /[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y
const DOUBLE_QUOTED = /"(?:[^"]|"")*(?:"|$)/y
const DOLLAR_QUOTED = /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\1\$|$)/y
const PARAMETER = /\$[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y

/**
 * Splits SQL into tokens, without comments. The engine's parser decides what a statement means; this only
 * finds places in the text that the parser's answer does not point at.
 */
export function scanSql(text: string): SqlToken[] {
  const tokens: SqlToken[] = []
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  while (at < text.length) {
    const skipped = take(SPACE) ?? take(LINE_COMMENT) ?? blockComment(text, at)
    if (skipped !== null) {
      at += skipped.length
      continue
    }
    const token = nextToken(text, at, take)
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

function nextToken(text: string, start: number, take: (pattern: RegExp) => string | null): SqlToken {
  const quoted = take(ESCAPE_QUOTED) ?? take(SINGLE_QUOTED) ?? take(DOUBLE_QUOTED) ?? take(DOLLAR_QUOTED)
  if (quoted !== null) return { kind: 'other', text: quoted, start }
  const parameter = take(PARAMETER)
  if (parameter !== null) return { kind: 'parameter', text: parameter, start }
  const word = take(WORD)
  if (word !== null) return { kind: 'word', text: word, start }
  const char = text[start] ?? ''
  return { kind: char === ';' ? 'semicolon' : 'other', text: char, start }
}

/** Block comments nest in SQL. */
function blockComment(text: string, start: number): string | null {
  if (!text.startsWith('/*', start)) return null
  let depth = 0
  let at = start
  do {
    if (text.startsWith('/*', at)) {
      depth++
      at += 2
    } else if (text.startsWith('*/', at)) {
      depth--
      at += 2
    } else at++
  } while (depth > 0 && at < text.length)
  return text.slice(start, at)
}

/** First tokens of the statements in a text, empty statements left out. */
export function statementStarts(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.filter(
    (token, index) => token.kind !== 'semicolon' && (index === 0 || tokens[index - 1]?.kind === 'semicolon'),
  )
}
