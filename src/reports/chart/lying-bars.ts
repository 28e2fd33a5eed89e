import { scaleLinear } from 'd3-scale'
import type { ChartData } from './chart-data.js'
import { AXIS, colorOf } from './palette.js'
import { bar, label, picture, tenth, WIDTH } from './svg.js'
import { LARGEST_TEXT, shortened, textWidth } from './text-width.js'
import { extentOf } from './value-axis.js'

/** A name with its bar, and what each further series adds. */
const NAME = 26
const LANE = 20
const THICK = 12
/** Widest part of the picture that the numbers beside bars may take. */
const MOST_FOR_NUMBERS = WIDTH / 3

/** The name stands above its bars, where it has the whole width, also on a phone. */
export function lyingBars(data: ChartData): string {
  const { slots, series, write } = data
  const at = valueScale(data)
  const zero = at(0)
  const row = NAME + LANE * series.length
  const parts: string[] = []
  const paths = series.map(() => '')
  slots.names.forEach((name, slot) => {
    const top = slot * row
    parts.push(label(shortened(name, WIDTH, LARGEST_TEXT), 0, top + 19))
    series.forEach(({ values }, lane) => {
      const value = values[slot] ?? null
      const from = top + NAME + lane * LANE
      const end = at(value ?? 0)
      if (value !== null) paths[lane] += bar({ from, size: THICK }, [zero, end], 'right')
      const y = from + THICK - 1
      parts.push(
        (value ?? 0) < 0
          ? label(write(value), end - 6, y, { anchor: 'end' })
          : label(write(value), end + 6, y),
      )
    })
  })
  const bars = paths.map((path, lane) => `<path d="${path}" fill="${colorOf(lane)}"/>`)
  const height = slots.names.length * row
  return picture(
    height,
    bars.join('') + (zero > 0 ? zeroLine(zero, slots.names.length, row) : '') + parts.join(''),
  )
}

/** Where bars go both ways. It leaves the names alone. */
function zeroLine(zero: number, rows: number, row: number): string {
  const pieces = Array.from(
    { length: rows },
    (_, slot) => `M${tenth(zero)} ${slot * row + NAME - 2}v${row - NAME - 2}`,
  )
  return `<path d="${pieces.join('')}" stroke="${AXIS}"/>`
}

/** Leaves room for the numbers on the sides where bars end. */
function valueScale({ series, write }: ChartData): (value: number) => number {
  const extent = extentOf(series)
  const room = (sign: number) => {
    const widths = series.flatMap(({ values }) =>
      values.flatMap((value) =>
        Math.sign(value ?? 0) === sign ? textWidth(write(value), LARGEST_TEXT) : [],
      ),
    )
    return widths.length === 0 ? 0 : Math.min(MOST_FOR_NUMBERS, 8 + Math.max(...widths))
  }
  return scaleLinear(extent, [room(-1), WIDTH - Math.max(room(1), 24)])
}
