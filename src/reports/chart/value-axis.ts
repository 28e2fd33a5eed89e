import { scaleLinear } from 'd3-scale'
import type { ChartData, Series } from './chart-data.js'
import { GRID } from './palette.js'
import { label, rule, WIDTH } from './svg.js'
import { LARGEST_TEXT, TEXT, textWidth } from './text-width.js'

/** Where values stand, upwards. Zero is always in the picture: a difference looks as large as it is. */
export type ValueAxis = Readonly<{ at: (value: number) => number; left: number; svg: string }>

const FINEST = 4

/** Lowest and highest value, and zero. */
export function extentOf(series: readonly Series[]): [number, number] {
  let [least, most] = [0, 0]
  for (const { values } of series)
    for (const value of values) {
      if (value === null) continue
      if (value < least) least = value
      if (value > most) most = value
    }
  return least === most ? [0, 1] : [least, most]
}

/** `right`: where its lines end. Not `shown`: only the scale, for values that are written at their bars. */
export function valueAxis(
  { series, write }: Pick<ChartData, 'series' | 'write'>,
  { top, bottom, right, shown }: Readonly<{ top: number; bottom: number; right: number; shown: boolean }>,
): ValueAxis {
  const extent = extentOf(series)
  if (!shown) return { at: scaleLinear(extent, [bottom, top]), left: 4, svg: '' }
  const { scale, ticks } = readableTicks(extent, write)
  scale.range([bottom, top])
  // What sticks out where a phone writes larger goes into the page's margin.
  const left = Math.ceil(Math.max(...ticks.map(({ text }) => textWidth(text, (TEXT + LARGEST_TEXT) / 2)))) + 6
  const svg = ticks.map(({ value, text }) => {
    const y = scale(value)
    return rule(y, [left, right], GRID) + label(text, left - 8, y + 4, { anchor: 'end' })
  })
  return { at: scale, left, svg: svg.join('') }
}

/** As many steps as can be told apart in writing: counts up to two have no use for a half. */
function readableTicks(extent: [number, number], write: ChartData['write']) {
  for (let count = FINEST; ; count--) {
    const scale = scaleLinear(extent, [0, 1]).nice(count)
    const ticks = scale.ticks(count).map((value) => ({ value, text: write(value) }))
    if (count === 1 || new Set(ticks.map(({ text }) => text)).size === ticks.length) return { scale, ticks }
  }
}

/** Right end of an upright chart's lines, where nothing is written beside them. */
export const RIGHT = WIDTH - 12
