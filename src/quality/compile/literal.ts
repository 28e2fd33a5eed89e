import type { Column } from '../../domain/column.js'
import { quoteText } from '../../sql/quote.js'
import { columnFamily } from './column-family.js'

/** A value as SQL, or why the column cannot hold it. */
export type Literal = Readonly<{ sql: string } | { problem: string }>

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const WHOLE_NUMBER = /^[+-]?\d+$/
const DAY = /^\d{4,}-\d{1,2}-\d{1,2}$/

/**
 * A declared value, typed like the column it is compared with, so that the engine compares what the author
 * meant: 0.1 with a FLOAT as FLOAT, a day with a DATE as DATE, and a text never with a number,
 * unless it is one too long for any other form.
 */
export function literal(value: string | number | boolean, column: Column): Literal {
  const { type } = column
  switch (columnFamily(type)) {
    case 'integer':
      if (typeof value === 'string' && isLongNumber(value.trim())) return { sql: value.trim() }
      if (typeof value !== 'number' || !Number.isFinite(value)) return unfit(value, column)
      return { sql: numberText(value) }
    case 'decimal':
      if (typeof value === 'boolean' || !NUMBER.test(String(value))) return unfit(value, column)
      return { sql: String(value) }
    case 'float':
      return typeof value === 'number'
        ? { sql: `${quoteText(floatText(value))}::${type}` }
        : unfit(value, column)
    case 'boolean':
      return typeof value === 'boolean' ? { sql: String(value) } : unfit(value, column)
    case 'text':
      return typeof value === 'string' ? { sql: quoteText(value) } : unfit(value, column)
    case 'date':
      if (typeof value !== 'string') return unfit(value, column)
      // A day compared as a day; with a time of day the column is compared as a timestamp, nothing cut off.
      return { sql: `${quoteText(value)}::${DAY.test(value.trim()) ? 'DATE' : 'TIMESTAMP'}` }
    case 'timestamp':
    case 'other':
      return typeof value === 'string' ? { sql: `${quoteText(value)}::${type}` } : unfit(value, column)
  }
}

/** A bound of a range: like `literal`, but numbers may be written as text, which keeps all their digits. */
export function boundLiteral(value: string | number, column: Column): Literal {
  const family = columnFamily(column.type)
  const isNumeric = family === 'integer' || family === 'decimal' || family === 'float'
  if (family === 'boolean') return unfit(value, column)
  if (!isNumeric) return literal(value, column)
  const text = String(value).trim()
  if (typeof value === 'string' && !NUMBER.test(text)) return unfit(value, column)
  if (Number.isNaN(value) || (family !== 'float' && !Number.isFinite(Number(text))))
    return unfit(value, column)
  if (family === 'float') return { sql: `${quoteText(floatText(Number(text), text))}::${column.type}` }
  return { sql: text }
}

/**
 * A bound for whole numbers as a whole number: `≥ 4.5` is `≥ 5`. Comparing with 4.5 itself would turn the
 * column into a decimal, which the widest integers do not fit. `up`: the next whole number, else the last.
 */
export function wholeBound(value: string | number, up: boolean): string {
  const text = String(value).trim()
  if (WHOLE_NUMBER.test(text)) return text
  const number = up ? Math.ceil(Number(text)) : Math.floor(Number(text))
  return BigInt(number).toString()
}

/** Beyond 2^53 a number keeps all its digits only as text. */
const isLongNumber = (text: string): boolean => WHOLE_NUMBER.test(text) && !Number.isSafeInteger(Number(text))

function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value)
}

function floatText(value: number, text = String(value)): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? text : value > 0 ? 'Infinity' : '-Infinity'
}

function unfit(value: string | number | boolean, column: Column): Literal {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  const kind = typeof value === 'string' ? 'text' : `a ${typeof value}`
  return { problem: `${shown} is ${kind}, which ${column.name} (${column.type}) cannot hold` }
}
