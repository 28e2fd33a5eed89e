import type { QueryResult } from '../../adapters/engines/engine.js'
import type { TableBlock, TableColumn } from '../report.js'
import { type Format, fits, isNumeric, isTemporal } from '../value-format.js'
import { columnIndex } from './column-index.js'
import { escapeHtml } from './escape-html.js'
import { pageWords } from './words.js'
import { digitsOf, timeOf, type Writer } from './write-value.js'

type Shown = Readonly<{ at: number; type: string; label: string; format: Format | null; digits: number }>

/** A table of a query's rows. Texts are HTML. */
export function table(
  block: TableBlock,
  result: QueryResult,
  { writer, title, nothing }: Readonly<{ writer: Writer; title: string; nothing: string }>,
): string {
  const caption = title === '' ? '' : `<h3>${title}</h3>`
  if (result.rows.length === 0) {
    const words = block.empty === null ? nothing : escapeHtml(block.empty)
    return `<section class="table">${caption}<p class="nothing">${words}</p></section>`
  }
  const columns = shownColumns(block, result, writer)
  const head = columns
    .map(({ label, type }) => `<th scope="col"${alignment(type)}>${escapeHtml(label)}</th>`)
    .join('')
  const rows = result.rows.slice(0, block.limit)
  const body = rows.map((row) => {
    const cells = columns.map(
      ({ at, type, format, digits }) =>
        `<td${alignment(type)}>${escapeHtml(writer.value(row[at] ?? null, type, format, digits))}</td>`,
    )
    return `<tr>${cells.join('')}</tr>`
  })
  const more = moreRows(result, rows.length, writer)
  return `<section class="table">${caption}<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>${more}</section>`
}

/** Numbers stand below each other; a date is never broken. */
const alignment = (type: string): string => {
  if (isNumeric(type)) return ' class="n"'
  return isTemporal(type) ? ' class="t"' : ''
}

function shownColumns({ columns }: TableBlock, result: QueryResult, writer: Writer): Shown[] {
  const wanted: readonly TableColumn[] =
    columns.length > 0
      ? columns
      : result.columns.map(({ name }) => ({
          column: { value: name, at: { file: '', line: 0, column: 0 } },
          label: null,
          format: null,
        }))
  return wanted.map(({ column, label, format }) => {
    const at = columnIndex(result, column.value)
    const type = result.columns[at]?.type ?? 'VARCHAR'
    const numbers = isNumeric(type) ? result.rows.map((row) => Number(row[at] ?? Number.NaN)) : []
    return {
      at,
      type,
      label: label ?? heading(column.value),
      format: format !== null && fits(format, type) ? format : daysOnly(result, at, type, writer),
      digits: digitsOf(numbers),
    }
  })
}

/** Times that all are beginnings of days are meant as days. */
function daysOnly({ rows }: QueryResult, at: number, type: string, writer: Writer): Format | null {
  if (!isTemporal(type) || type === 'DATE') return null
  const isDay = rows.every((row) => {
    const time = timeOf(row[at] ?? null, type)
    return time === null || writer.value(row[at] ?? null, type, { kind: 'time' }) === '00:00'
  })
  return isDay ? { kind: 'date' } : null
}

/** `next_empty_at` as `Next empty at`. */
function heading(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function moreRows({ rows, truncated }: QueryResult, shown: number, writer: Writer): string {
  const words = pageWords(writer.locale)
  const rest = rows.length - shown
  if (truncated) return note(words.tooManyToShow)
  return rest <= 0 ? '' : note(words.notShown(rest, writer.number(rest)))
}

const note = (text: string): string => `<p class="note">${escapeHtml(text)}</p>`
