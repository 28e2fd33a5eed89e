import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf } from '../../../../base/errors.js'
import type { ParsedSql, SqlParser } from '../../../../sql/parse.js'
import { quoteText } from '../../../../sql/quote.js'
import { readReferences } from '../../../../sql/references.js'
import { type SqlToken, scanSql, statementStarts } from '../../../../sql/scan.js'

/** Characters of SQL sent to the parser at once. Bigger batches gain nothing and hold more memory. */
const BATCH_CHARACTERS = 1_000_000

/** DuckDB's own parser. It runs nothing and needs no tables. */
export function createParser(connection: DuckDBConnection): SqlParser {
  return async (texts) => {
    const answers: ParsedSql[] = []
    for (const batch of batches(texts)) {
      const trees = await serialize(connection, batch)
      batch.forEach((text, index) => {
        answers.push(read(text, trees[index] ?? refusal('The parser gave no answer.')))
      })
    }
    return answers
  }
}

function* batches(texts: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let size = 0
  for (const text of texts) {
    if (size > 0 && size + text.length > BATCH_CHARACTERS) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(text)
    size += text.length
  }
  if (batch.length > 0) yield batch
}

/** Parse trees as JSON text, in order. One text that makes the query itself fail does not spoil the others. */
async function serialize(connection: DuckDBConnection, texts: readonly string[]): Promise<string[]> {
  // A NUL would end the statement early; as a space it becomes an ordinary syntax error or nothing.
  const rows = texts.map((text, index) => `(${index},${quoteText(text.replaceAll('\0', ' '))})`)
  try {
    const reader = await connection.runAndReadAll(
      `select json_serialize_sql(s)::varchar from (values ${rows.join(',')}) t(i, s) order by i`,
    )
    return reader.getRows().map(([json]) => String(json))
  } catch (error) {
    if (texts.length === 1) return [refusal(messageOf(error))]
    const single: string[] = []
    for (const text of texts) single.push(...(await serialize(connection, [text])))
    return single
  }
}

const refusal = (message: string) =>
  JSON.stringify({ error: true, error_type: 'parser', error_message: message })

/** What `json_serialize_sql` answers. */
type Answer = Readonly<{
  error: boolean
  error_type?: string
  error_message?: string
  position?: string
  statements?: readonly unknown[]
}>

function read(text: string, serialized: string): ParsedSql {
  const json = withInfinity(serialized)
  // The engine's own format; a change of it shows in the tests of this file.
  const answer = JSON.parse(json) as Answer
  if (answer.error) return failure(text, answer)
  const statements = answer.statements ?? []
  if (statements.some(shows)) return notASelect(text, scanSql(text))
  return {
    ok: true,
    ...readReferences(statements),
    canonical: canonical(json),
    statements: statements.length,
  }
}

/**
 * A number too large for a DOUBLE, such as 1e400, is written as `Infinity`, which is no JSON. `JSON.parse` reads 1e999
 * as the same. Quotes inside string values are escaped, so the pattern matches keys only.
 */
const withInfinity = (json: string): string => json.replace(/"value":(-?)Infinity/g, '"value":$11e999')

/**
 * Positions are cut out of the text, not of the parsed tree: numbers beyond 2^53 must stay as they are.
 * Quotes inside string values are escaped, so the patterns match keys only.
 */
function canonical(json: string): string {
  return json.replace(/"query_location":\d+,?/g, '').replace(/"named_param_map":\[[^\]]*\],?/g, '')
}

function failure(text: string, answer: Answer): ParsedSql {
  const tokens = scanSql(text)
  const statements = statementStarts(tokens).length
  if (answer.error_type === 'not implemented' && /^Only SELECT/.test(answer.error_message ?? ''))
    return notASelect(text, tokens)
  const offset = answer.position === undefined ? null : characterToByte(text, Number(answer.position))
  const message = (answer.error_message ?? 'The statement cannot be parsed.').replace(/\s+/g, ' ').trim()
  return { ok: false, kind: 'syntax', message, offset, statements }
}

const QUERY_WORDS = new Set(['select', 'with', 'from', 'values', 'table', '('])

function notASelect(text: string, tokens: readonly SqlToken[]): ParsedSql {
  const starts = statementStarts(tokens)
  const culprit = starts.find((token) => !QUERY_WORDS.has(token.text.toLowerCase()))
  const pivot = tokens.find((token) => /^pivot(_wider)?$/i.test(token.text))
  const at = culprit ?? pivot ?? starts[0]
  const isPivot = at !== undefined && at === pivot
  const word = at?.text.toUpperCase() ?? ''
  return {
    ok: false,
    kind: 'not_a_select',
    message: isPivot
      ? 'PIVOT finds its columns in the rows; name them with ON column IN (…)'
      : `${word} is not a query`,
    offset: at === undefined ? null : Buffer.byteLength(text.slice(0, at.start)),
    statements: starts.length,
  }
}

/** DESCRIBE, SUMMARIZE and SHOW parse as selects from a special table. */
function shows(statement: unknown): boolean {
  const node = (statement as { node?: { from_table?: { type?: unknown } } }).node
  return node?.from_table?.type === 'SHOW_REF'
}

/** Syntax errors count code points; everything else the parser says counts bytes. */
function characterToByte(text: string, characters: number): number {
  return Buffer.byteLength(Array.from(text).slice(0, characters).join(''))
}
