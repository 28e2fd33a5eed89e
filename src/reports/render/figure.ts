import type { QueryResult } from '../../adapters/engines/engine.js'
import { type ChartData, chartData } from '../chart/chart-data.js'
import { drawChart, drawnPart, liesDown } from '../chart/draw-chart.js'
import { colorOf } from '../chart/palette.js'
import type { SlotContext } from '../chart/slots.js'
import type { ChartBlock } from '../report.js'
import { escapeHtml } from './escape-html.js'

export type FigureText = Readonly<{ title: string; caption: string; nothing: string }>

/** A chart with its title, its picture, and its numbers as a table for those who cannot see it. Texts are HTML. */
export function figure(
  block: ChartBlock,
  result: QueryResult,
  { text, number, slots }: Readonly<{ text: FigureText; number: number; slots: SlotContext }>,
): string {
  const data = chartData(block, result, slots)
  const id = `chart${number}`
  const caption = text.caption === '' ? '' : `<p class="caption">${text.caption}</p>`
  const head = `<h3 id="${id}">${text.title}</h3>${caption}`
  if (data === null)
    return `<figure aria-labelledby="${id}">${head}<p class="nothing">${text.nothing}</p></figure>`
  const drawn = drawnPart(block, data)
  const lying = liesDown(block, data)
  // Where every value stands in the picture already, the table is for those who cannot see it alone.
  const isWhole = drawn.slots.names.length === data.slots.names.length && lying
  return (
    `<figure aria-labelledby="${id}">${head}${legend(block, drawn)}` +
    `<div class="chart${lying ? ' lying' : ''}" role="img" aria-label="${escapeHtml(description(block, drawn))}">${drawChart(block, drawn)}</div>` +
    `${leftOut(data, drawn, result.truncated)}${numbers(block, data, isWhole)}</figure>`
  )
}

/** What the picture does not show, in words. */
function leftOut(all: ChartData, drawn: ChartData, truncated: boolean): string {
  const notes = [
    cut(drawn.slots.names.length, all.slots.names.length),
    cut(
      drawn.series.length,
      all.series.filter(({ values }) => values.some((value) => value !== null)).length,
    ),
    truncated ? 'There are more rows than can be drawn.' : '',
  ]
  return notes.map((note) => (note === '' ? '' : `<p class="note">${note}</p>`)).join('')
}

const cut = (drawn: number, all: number): string =>
  drawn === all ? '' : `The first ${drawn} of ${all} are drawn; the others stand in the numbers.`

/** Bars of several kinds need a key. Lines have their names at their ends, and a key where there is no room for those. */
function legend({ chart, unit }: ChartBlock, { series }: ChartData): string {
  const unitText = unit === '' ? '' : `<span class="unit">${escapeHtml(unit)}</span>`
  const keys =
    series.length > 1
      ? series.map(
          ({ name }, index) =>
            `<span class="key${chart === 'line' ? ' narrow' : ''}"><i style="background:${colorOf(index)}"></i>${escapeHtml(name)}</span>`,
        )
      : []
  return unitText === '' && keys.length === 0 ? '' : `<p class="legend">${unitText}${keys.join('')}</p>`
}

/** What is to be seen, in words: ends, highest and lowest of each series. */
function description({ chart, unit }: ChartBlock, { slots, series, write }: ChartData): string {
  const kind = chart === 'bar' ? 'Bars' : 'Line'
  const parts = series.map(({ name, values }) => {
    const known = values.flatMap((value, index) =>
      value === null ? [] : [{ value, at: slots.names[index] }],
    )
    const [first] = known
    if (first === undefined) return ''
    const high = known.reduce((best, each) => (each.value > best.value ? each : best), first)
    const low = known.reduce((best, each) => (each.value < best.value ? each : best), first)
    const of = series.length > 1 ? `${name}: ` : ''
    return `${of}highest ${write(high.value)} (${high.at}), lowest ${write(low.value)} (${low.at})`
  })
  const what = unit === '' ? '' : ` of ${unit}`
  return `${kind}${what}, ${slots.names[0]} to ${slots.names.at(-1)}. ${parts.filter(Boolean).join('; ')}.`
}

const MOST_ROWS = 400

function numbers(block: ChartBlock, data: ChartData, isHeard: boolean): string {
  const { slots, series, write } = data
  const heads = series.map(({ name }) => `<th scope="col" class="n">${escapeHtml(name)}</th>`).join('')
  const rows = slots.names.slice(0, MOST_ROWS).map((name, index) => {
    const cells = series.map(({ values }) => `<td class="n">${escapeHtml(write(values[index] ?? null))}</td>`)
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`
  })
  const rest = slots.names.length - rows.length
  const more = rest > 0 ? `<p class="note">${rest} more are left out here.</p>` : ''
  const corner = `<th scope="col">${escapeHtml(block.x.value.replaceAll('_', ' '))}</th>`
  const where = isHeard ? ' class="heard"' : ''
  return `<details${where}><summary>The numbers</summary><table><thead><tr>${corner}${heads}</tr></thead><tbody>${rows.join('')}</tbody></table>${more}</details>`
}
