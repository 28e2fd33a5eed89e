export type TokenKind = 'comment' | 'string' | 'number' | 'keyword' | 'parameter' | 'key' | 'plain'
export type Token = Readonly<{ kind: TokenKind; text: string }>
export type Language = 'sql' | 'typescript' | 'yaml'

const SQL_WORDS =
  'select from where group by order having limit offset join left right inner outer full cross lateral on using as and or not in is null like ilike between case when then else end distinct union all except intersect with recursive over partition rows range interval cast filter qualify asc desc nulls first last true false exists values asof positional any pivot unpivot window at time zone'
const TS_WORDS =
  'import export from default async await function const let var return for of in if else while do switch case break continue new class extends implements interface type enum readonly public private static yield throw try catch finally typeof instanceof as satisfies keyof void null undefined true false this super'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

type Rule = readonly [TokenKind, RegExp]

// Tried in order at each place of the text; what no rule knows is plain.
const RULES: Readonly<Record<Language, readonly Rule[]>> = {
  sql: [
    ['comment', /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
    ['string', /'(?:[^']|'')*(?:'|$)/y],
    ['plain', /"(?:[^"]|"")*(?:"|$)/y],
    ['parameter', /\$\w+/y],
    ['number', /\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/y],
    ['plain', /[A-Za-z_]\w*/y],
  ],
  typescript: [
    ['comment', /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
    ['string', /'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[\s\S])*(?:`|$)/y],
    ['number', /\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b/y],
    ['plain', /[A-Za-z_$][\w$]*/y],
  ],
  yaml: [
    ['comment', /(?:(?<=\s)|(?<![\s\S]))#[^\n]*/y],
    ['key', /(?<=^[ \t]*(?:- +)*|[{,] *)[\w.$-]+(?=:(?:\s|$))/my],
    ['string', /'(?:[^']|'')*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)/y],
    ['number', /(?<![\w.:/-])-?\d+(?:\.\d+)?(?![\w.:/-])/y],
    ['keyword', /\b(?:true|false|null)\b/y],
    ['plain', /[\w.-]+/y],
  ],
}

const KEYWORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  sql: words(SQL_WORDS),
  typescript: words(TS_WORDS),
  yaml: new Set(),
}

/** Coloured pieces of a text, which joined are the text again. Wrong code is coloured as far as it goes, never lost. */
export function tokensOf(text: string, language: Language): readonly Token[] {
  const tokens: Token[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') tokens.push({ kind: 'plain', text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at, language)
    if (token.kind === 'plain') plain += token.text
    else {
      flush()
      tokens.push(token)
    }
    at += token.text.length
  }
  flush()
  return tokens
}

function tokenAt(text: string, at: number, language: Language): Token {
  for (const [kind, pattern] of RULES[language]) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (!found) continue
    const word = language === 'sql' ? found.toLowerCase() : found
    return { kind: kind === 'plain' && KEYWORDS[language].has(word) ? 'keyword' : kind, text: found }
  }
  return { kind: 'plain', text: text[at]! }
}

/** Tokens cut at line ends: one list for each line of the text. */
export function tokenLines(text: string, language: Language): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]]
  for (const { kind, text: whole } of tokensOf(text.replace(/\r\n?/g, '\n'), language)) {
    for (const [index, piece] of whole.split('\n').entries()) {
      if (index > 0) lines.push([])
      if (piece !== '') lines.at(-1)!.push({ kind, text: piece })
    }
  }
  if (lines.length > 1 && lines.at(-1)!.length === 0) lines.pop()
  return lines
}
