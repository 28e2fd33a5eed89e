import type { PeriodUnit } from '../../domain/report.js'
import type { BigNumber, NumbersBlock } from '../report.js'
import { escapeHtml } from './escape-html.js'
import { firstValue, type Results } from './results.js'
import { pageWords } from './words.js'
import type { Writer } from './write-value.js'

export type NumbersContext = Readonly<{ results: Results; writer: Writer; unit: PeriodUnit }>

/** The numbers that matter, each with its change against the period before. */
export function bigNumbers({ query, numbers }: NumbersBlock, context: NumbersContext): string {
  return `<dl class="numbers">${numbers.map((number) => tile(query, number, context)).join('')}</dl>`
}

function tile(query: string, number: BigNumber, context: NumbersContext): string {
  const { results, writer } = context
  const now = firstValue(results, { query, column: number.column.value })
  const shown = writer.value(now.value, now.type, number.format)
  const change =
    number.previous === null ? '' : changeLine(query, number, Number(now.value ?? Number.NaN), context)
  return `<div><dt>${escapeHtml(number.label)}</dt><dd><b>${escapeHtml(shown)}</b>${change}</dd></div>`
}

function changeLine(
  query: string,
  number: BigNumber,
  now: number,
  { results, writer, unit }: NumbersContext,
): string {
  const { value, type } = firstValue(results, { query, column: number.previous?.value ?? '' })
  const past = value === null ? Number.NaN : Number(value)
  const words = pageWords(writer.locale)
  const before = escapeHtml(words.inBefore[unit])
  if (!Number.isFinite(past))
    return `<span class="change">${escapeHtml(words.nothingToCompare)} ${before}</span>`
  const shown = escapeHtml(writer.value(value, type, number.format))
  if (!Number.isFinite(now)) return `<span class="change">${shown} ${before}</span>`
  const { text, direction } = changeOf(now, past, number, writer)
  if (direction === 0) return `<span class="change">${escapeHtml(words.sameAs)} ${before}</span>`
  const arrow = direction > 0 ? '▲' : '▼'
  return `<span class="change ${mood(direction, number)}"><span aria-hidden="true">${arrow}</span> ${escapeHtml(text)}</span><span class="before">${shown} ${before}</span>`
}

/** Ratios change by points, amounts by percent; what grew from nothing has no percentage. */
function changeOf(now: number, past: number, { format }: BigNumber, writer: Writer) {
  const words = pageWords(writer.locale)
  const direction = Math.sign(now - past)
  if (format?.kind === 'percent') {
    const points = (now - past) * 100
    const size = writer.number(Math.abs(points), Math.abs(points) < 10 ? 1 : 0)
    return { direction, text: (points > 0 ? '+' : '-') + words.points(size) }
  }
  if (past === 0) return { direction, text: words.from(writer.number(0)) }
  const ratio = (now - past) / Math.abs(past)
  return { direction, text: writer.percentChange(ratio) }
}

/** Good and bad are said by the arrow's colour and by a word for those who do not see it. */
function mood(direction: number, { better }: BigNumber): string {
  if (better === 'neither') return ''
  return direction > 0 === (better === 'higher') ? 'good' : 'bad'
}
