import type { QueryResult } from '../../adapters/engines/engine.js'
import { type ChartData, chartData } from '../chart/chart-data.js'
import { drawChart, drawnPart, liesDown } from '../chart/draw-chart.js'
import { colorOf } from '../chart/palette.js'
import type { SlotContext } from '../chart/slots.js'
import type { ChartBlock } from '../report.js'
import { escapeHtml } from './escape-html.js'
import { type PageWords, pageWords } from './words.js'
import type { Writer } from './write-value.js'

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
  const words = pageWords(slots.writer.locale)
  const drawn = drawnPart(block, data)
  const lying = liesDown(block, data)
  const cuts = [cutPlaces(data, drawn, words), cutSeries(data, drawn, words)].filter((note) => note !== '')
  const isCut = cuts.length > 0
  const notes = [...cuts, ...untold(data, slots.writer, result.truncated, words)]
  // Where every value stands in the picture already, the table is for those who cannot see it alone.
  const place: NumbersPlace = isCut ? 'rest' : lying ? 'heard' : ''
  return (
    `<figure${isCut ? ' class="cut"' : ''} aria-labelledby="${id}">${head}${legend(block, drawn)}` +
    `<div class="chart${lying ? ' lying' : ''}" role="img" aria-label="${escapeHtml(description(block, drawn, words))}">${drawChart(block, drawn)}</div>` +
    `${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}${numbers(block, data, place, words)}</figure>`
  )
}

const cutPlaces = (all: ChartData, drawn: ChartData, words: PageWords): string =>
  cut(words, drawn.slots.names.length, all.slots.names.length)

const cutSeries = (all: ChartData, drawn: ChartData, words: PageWords): string =>
  cut(
    words,
    drawn.series.length,
    all.series.filter(({ values }) => values.some((value) => value !== null)).length,
  )

/** Rows that stand neither in the picture nor in the numbers, in words. */
function untold({ slots }: ChartData, writer: Writer, truncated: boolean, words: PageWords): string[] {
  const lost = slots.rows.filter((place) => place === null).length
  return [
    ...(lost > 0 ? [words.withoutTime(lost, writer.value(lost, 'BIGINT', null))] : []),
    ...(truncated ? [words.tooManyToDraw] : []),
  ]
}

const cut = (words: PageWords, drawn: number, all: number): string =>
  drawn === all ? '' : words.drawn(drawn, all)

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
function description({ unit }: ChartBlock, { slots, series, write }: ChartData, words: PageWords): string {
  const parts = series.map(({ name, values }) => {
    const known = values.flatMap((value, index) =>
      value === null ? [] : [{ value, at: slots.names[index] }],
    )
    const [first] = known
    if (first === undefined) return ''
    const high = known.reduce((best, each) => (each.value > best.value ? each : best), first)
    const low = known.reduce((best, each) => (each.value < best.value ? each : best), first)
    const of = series.length > 1 ? `${name}: ` : ''
    return `${of}${words.highest} ${write(high.value)} (${high.at}), ${words.lowest} ${write(low.value)} (${low.at})`
  })
  const what = unit === '' ? '' : `${unit}, `
  return `${what}${slots.names[0]} – ${slots.names.at(-1)}. ${parts.filter(Boolean).join('; ')}.`
}

const MOST_ROWS = 400

/** `heard`: for those who cannot see the picture. `rest`: holds what is not drawn, so it stands on paper as well. */
type NumbersPlace = 'heard' | 'rest' | ''

function numbers(block: ChartBlock, data: ChartData, place: NumbersPlace, words: PageWords): string {
  const { slots, series, write } = data
  const heads = series.map(({ name }) => `<th scope="col" class="n">${escapeHtml(name)}</th>`).join('')
  const rows = slots.names.slice(0, MOST_ROWS).map((name, index) => {
    const cells = series.map(({ values }) => `<td class="n">${escapeHtml(write(values[index] ?? null))}</td>`)
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`
  })
  const rest = slots.names.length - rows.length
  const more = rest > 0 ? `<p class="note">${escapeHtml(words.notShown(rest, String(rest)))}</p>` : ''
  const corner = `<th scope="col">${escapeHtml(block.x.value.replaceAll('_', ' '))}</th>`
  const where = place === '' ? '' : ` class="${place}"`
  return `<details${where}><summary>${escapeHtml(words.numbers)}</summary><table><thead><tr>${corner}${heads}</tr></thead><tbody>${rows.join('')}</tbody></table>${more}</details>`
}
