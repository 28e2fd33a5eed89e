import type { Json } from '../../../../base/json.js'
import type { Parameters } from '../../../../sql/bind.js'
import { scanSql } from '../../../../sql/scan.js'
import { instantLiteral, literal } from './literal.js'

/** A statement with its parameters put in, and the way back to the author's text. */
export type StatementText = Readonly<{
  text: string
  /** Index into the author's text for an index into `text`. */
  origin: (index: number) => number
  source: string
  /** Names used as `$name` for which there is no value. */
  missing: readonly string[]
}>

type Piece = Readonly<{ from: number; sourceFrom: number; length: number; sourceLength: number }>

/**
 * Puts literals in the place of `$name` and cuts the final semicolons off. Literals, not bound values, because
 * views cannot have parameters, DuckDB refuses values a statement does not use, and a view, a table and the
 * binder must all give the same types for the same statement.
 */
export function statementText(sql: string, parameters: Parameters): StatementText {
  const tokens = scanSql(sql)
  const last = tokens.findLast((token) => token.kind !== 'semicolon')
  const end = last === undefined ? 0 : last.start + last.text.length
  const values = byLowerName(parameters)
  const pieces: Piece[] = []
  const missing: string[] = []
  let text = ''
  let at = 0
  for (const token of tokens) {
    if (token.kind !== 'parameter') continue
    const name = token.text.slice(1).toLowerCase()
    const value = values.get(name)
    if (value === undefined) {
      missing.push(token.text)
      continue
    }
    text += sql.slice(at, token.start)
    const put = parameterLiteral(name, value)
    pieces.push({
      from: text.length,
      sourceFrom: token.start,
      length: put.length,
      sourceLength: token.text.length,
    })
    text += put
    at = token.start + token.text.length
  }
  const origin = (index: number) => originOf(index, pieces)
  return { text: text + sql.slice(at, end), source: sql, origin, missing }
}

const byLowerName = (parameters: Parameters): ReadonlyMap<string, Json> =>
  new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]))

const INSTANTS: ReadonlySet<string> = new Set(['start', 'end', 'previous_start'])

const parameterLiteral = (name: string, value: Json): string =>
  INSTANTS.has(name) && typeof value === 'number' ? instantLiteral(value) : literal(value)

function originOf(index: number, pieces: readonly Piece[]): number {
  const before = pieces.findLast((piece) => piece.from <= index)
  if (before === undefined) return index
  const inside = index - before.from
  return inside < before.length
    ? before.sourceFrom
    : before.sourceFrom + before.sourceLength + (inside - before.length)
}

const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text

/**
 * Every `a.b` in a statement, lower case. More than the tables it reads (`alias.column` too), never fewer: it
 * decides which names are worth creating before the statement runs.
 */
export function mentionedNames(sql: string): Set<string> {
  const tokens = scanSql(sql)
  const isName = (index: number) => {
    const token = tokens[index]
    return token !== undefined && (token.kind === 'word' || token.text.startsWith('"'))
  }
  const found = new Set<string>()
  tokens.forEach((token, index) => {
    if (token.text !== '.' || !isName(index - 1) || !isName(index + 1)) return
    const left = unquoted(tokens[index - 1]?.text ?? '')
    const right = unquoted(tokens[index + 1]?.text ?? '')
    found.add(`${left}.${right}`.toLowerCase())
  })
  return found
}
