import { scaleBand } from 'd3-scale'
import type { ChartData } from './chart-data.js'
import { colorOf } from './palette.js'
import { slotAxis } from './slot-axis.js'
import { bar, label, picture, tenth } from './svg.js'
import { LARGEST_TEXT, textWidth } from './text-width.js'
import { RIGHT, valueAxis } from './value-axis.js'

const HEIGHT = 240
const BOTTOM = HEIGHT - 28
const WIDEST_BAR = 46
const MOST_LABELLED = 12

/** Bars over time, beside each other where there are several series. */
export function uprightBars(data: ChartData): string {
  const labelled = isLabelled(data)
  const sinks = labelled && data.series.some(({ values }) => values.some((value) => (value ?? 0) < 0))
  const axis = valueAxis(data, {
    ...{ top: labelled ? 24 : 12, bottom: BOTTOM - (sinks ? 18 : 0), right: RIGHT, shown: !labelled },
  })
  const slots = scaleBand(data.slots.names.keys(), [axis.left, RIGHT]).paddingInner(0.28).paddingOuter(0.14)
  const lanes = scaleBand(data.series.keys(), [0, slots.bandwidth()]).paddingInner(0.08)
  const size = Math.min(WIDEST_BAR, lanes.bandwidth())
  const middle = (slot: number) => (slots(slot) ?? 0) + slots.bandwidth() / 2
  // Bars that are as wide as they get stand close together, not each alone in its lane.
  const gap = lanes.step() - lanes.bandwidth()
  const begin = (slot: number, lane: number) =>
    middle(slot) + (lane - data.series.length / 2) * (size + gap) + gap / 2
  const zero = axis.at(0)
  const bars = data.series.map(({ values }, lane) => {
    const paths = values.map((value, slot) =>
      value === null ? '' : bar({ from: begin(slot, lane), size }, [zero, axis.at(value)], 'up'),
    )
    return `<path d="${paths.join('')}" fill="${colorOf(lane)}"/>`
  })
  const numbers = labelled ? (data.series[0]?.values ?? []).map(number) : []
  function number(value: number | null, slot: number): string {
    if (value === null) return ''
    const y = axis.at(value) + (value < 0 ? 16 : -6)
    return label(data.write(value), middle(slot), y, { anchor: 'middle' })
  }
  const frame = { zero: tenth(zero), bottom: BOTTOM, left: axis.left, right: RIGHT }
  return picture(
    HEIGHT,
    axis.svg + bars.join('') + slotAxis(data.slots.labels, middle, frame) + numbers.join(''),
  )
}

/** Few bars have their numbers at them, if those do not run into each other; many have an axis. */
function isLabelled({ series, slots, write }: ChartData): boolean {
  const [first, second] = series
  if (first === undefined || second !== undefined || slots.names.length > MOST_LABELLED) return false
  const widest = Math.max(...first.values.map((value) => textWidth(write(value), LARGEST_TEXT)))
  return widest <= RIGHT / slots.names.length
}
