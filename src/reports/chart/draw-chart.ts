import { unreachable } from '../../base/errors.js'
import type { ChartBlock } from '../report.js'
import type { ChartData } from './chart-data.js'
import { lines } from './lines.js'
import { lyingBars } from './lying-bars.js'
import { PALETTE } from './palette.js'
import { uprightBars } from './upright-bars.js'

/** More names than these are a table, not a picture. */
const MOST_LYING = 20

/** Names read better beside bars that lie; times run from left to right. */
export const liesDown = (block: ChartBlock, { slots }: ChartData): boolean =>
  block.chart === 'bar' && slots.kind === 'names'

/** As much of the data as can be told apart in a picture: what is left out stands in the numbers below it. */
export function drawnPart(block: ChartBlock, data: ChartData): ChartData {
  const known = data.series.filter(({ values }) => values.some((value) => value !== null))
  const most = liesDown(block, data) ? MOST_LYING : data.slots.names.length
  if (known.length <= PALETTE.length && data.slots.names.length <= most) return { ...data, series: known }
  const series = known
    .slice(0, PALETTE.length)
    .map(({ name, values }) => ({ name, values: values.slice(0, most) }))
  const { slots } = data
  return {
    ...data,
    series,
    slots: { ...slots, names: slots.names.slice(0, most), labels: slots.labels.slice(0, most) },
  }
}

/** The chart as SVG. The same data give the same bytes. */
export function drawChart(block: ChartBlock, drawn: ChartData): string {
  switch (block.chart) {
    case 'line':
      return lines(drawn)
    case 'bar':
      return liesDown(block, drawn) ? lyingBars(drawn) : uprightBars(drawn)
    default:
      return unreachable(block.chart)
  }
}
