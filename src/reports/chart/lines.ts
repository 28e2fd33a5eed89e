import { scalePoint } from 'd3-scale'
import { area, line } from 'd3-shape'
import type { ChartData, Series } from './chart-data.js'
import { colorOf } from './palette.js'
import { slotAxis } from './slot-axis.js'
import { label, picture, tenth, WIDTH } from './svg.js'
import { shortened, textWidth } from './text-width.js'
import { RIGHT, valueAxis } from './value-axis.js'

const HEIGHT = 240
const BOTTOM = HEIGHT - 28
const LONGEST_NAME = 150
const LINE_HEIGHT = 15

type Place = Readonly<{ x: (slot: number) => number; y: (value: number) => number }>

/** Lines over time or names. A slot without a value is a gap; several lines have their names at their ends. */
export function lines(data: ChartData): string {
  const names = data.series.length > 1 ? data.series.map(({ name }) => shortened(name, LONGEST_NAME)) : []
  const right = names.length === 0 ? RIGHT : WIDTH - 12 - Math.max(...names.map((name) => textWidth(name)))
  const axis = valueAxis(data, { top: 12, bottom: BOTTOM, right, shown: true })
  const slots = scalePoint(data.slots.names.keys(), [axis.left, right])
  const place: Place = { x: (slot) => slots(slot) ?? axis.left, y: axis.at }
  const frame = { zero: tenth(axis.at(0)), bottom: BOTTOM, left: axis.left, right }
  const below = names.length === 0 && data.series[0] ? ground(data.series[0], place) : ''
  const drawn = data.series.map((series, index) => stroke(series, colorOf(index), place))
  return picture(
    HEIGHT,
    axis.svg +
      slotAxis(data.slots.labels, place.x, frame) +
      below +
      drawn.join('') +
      endNames(data.series, names, place),
  )
}

function ground({ values }: Series, { x, y }: Place): string {
  const shape = area<number | null>()
    .defined((value) => value !== null)
    .x((_, slot) => x(slot))
    .y0(y(0))
    .y1((value) => y(value ?? 0))
    .digits(1)
  return `<path d="${shape(values) ?? ''}" fill="${colorOf(0)}" fill-opacity=".08"/>`
}

/** A value between two gaps would be a line without length: it is a dot. */
function stroke({ values }: Series, color: string, { x, y }: Place): string {
  const shape = line<number | null>()
    .defined((value) => value !== null)
    .x((_, slot) => x(slot))
    .y((value) => y(value ?? 0))
    .digits(1)
  const dots = values.flatMap((value, slot) => {
    const alone = (values[slot - 1] ?? null) === null && (values[slot + 1] ?? null) === null
    return value === null || !alone
      ? []
      : `<circle cx="${tenth(x(slot))}" cy="${tenth(y(value))}" r="3" fill="${color}"/>`
  })
  return `<path d="${shape(values) ?? ''}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>${dots.join('')}`
}

/** Names beside the last value of each line, moved apart where lines end close to each other. */
function endNames(series: readonly Series[], names: readonly string[], { x, y }: Place): string {
  const ends = names.flatMap((name, index) => {
    const values = series[index]?.values ?? []
    const slot = values.findLastIndex((value) => value !== null)
    return slot < 0 ? [] : [{ name, index, x: x(slot), y: y(values[slot] ?? 0) }]
  })
  const texts = apart(ends).map(({ name, index, x: at, y: height }) =>
    label(name, at + 8, height + 4, { fill: colorOf(index) }),
  )
  return texts.length === 0 ? '' : `<g class="ends">${texts.join('')}</g>`
}

/** From the top down, each at least a line below the one before; then from the bottom up, so that all stay inside. */
function apart<T extends Readonly<{ y: number }>>(ends: readonly T[]): T[] {
  const sorted = [...ends].sort((a, b) => a.y - b.y)
  const heights = sorted.map(({ y }) => y)
  for (let i = 1; i < heights.length; i++)
    heights[i] = Math.max(heights[i] ?? 0, (heights[i - 1] ?? 0) + LINE_HEIGHT)
  let floor = BOTTOM
  for (let i = heights.length - 1; i >= 0; i--) {
    heights[i] = Math.min(heights[i] ?? 0, floor)
    floor = (heights[i] ?? 0) - LINE_HEIGHT
  }
  return sorted.map((end, index) => ({ ...end, y: heights[index] ?? end.y }))
}
