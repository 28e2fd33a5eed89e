import type { Json } from '../../../../base/json.js'
import type { Interval } from '../../../../domain/interval.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'

/** A value as SQL text, as if the author had written it there. */
export function literal(value: Json): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return textLiteral(value)
  if (typeof value === 'number') return numberLiteral(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  const fields = Object.entries(value).map(([name, inner]) => `${quoteName(name)}: ${literal(inner)}`)
  return fields.length === 0 ? `'{}'::JSON` : `{${fields.join(', ')}}`
}

/** Line ends stay inside one line of the statement, so that the engine's line numbers remain the author's. */
function textLiteral(text: string): string {
  if (!/[\n\r]/.test(text)) return quoteText(text)
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  return `e'${escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) return `'${value}'::DOUBLE`
  return value < 0 || Object.is(value, -0) ? `(${value})` : String(value)
}

const LAST_FOUR_DIGIT_YEAR = 9999

/** An instant, epoch ms, as TIMESTAMP WITH TIME ZONE. */
export function instantLiteral(epochMs: number): string {
  const date = new Date(epochMs)
  const year = date.getUTCFullYear()
  // Years beyond four digits have no spelling that ISO and DuckDB share.
  if (!(year >= 1 && year <= LAST_FOUR_DIGIT_YEAR))
    return `make_timestamptz((${Math.trunc(epochMs)}::BIGINT * 1000)::BIGINT)`
  const text = date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$|Z$/, '')
  return `TIMESTAMPTZ '${text}+00'`
}

/** True where `expression`, a TIMESTAMP WITH TIME ZONE, lies in one of the ranges. */
export function inRanges(expression: string, ranges: readonly Interval[]): string {
  if (ranges.length === 0) return 'false'
  const tests = ranges.map(
    ({ start, end }) =>
      `(${expression} >= ${instantLiteral(start)} and ${expression} < ${instantLiteral(end)})`,
  )
  return `(${tests.join(' or ')})`
}
