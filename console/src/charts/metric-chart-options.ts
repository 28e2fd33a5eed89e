import uPlot from 'uplot'
import { clockSeconds, clockTime, day } from '../words/time.js'
import { type MetricSeries, valueRange } from './metric-series.js'
import { type MetricUnit, metricValue } from './metric-words.js'

export type ChartLimit = Readonly<{ value: number; word: string }>

type Request = Readonly<{
  series: MetricSeries
  unit: MetricUnit
  zone: string
  limit: ChartLimit | null
  width: number
  height: number
  /** Position of the point under the cursor; null where there is none. */
  onPoint: (index: number | null) => void
}>

const RIGHT_MARGIN = 76

/** Upper edge, lower edge, value: the band lies between the first two, behind the line. */
export function chartOptions(request: Request): uPlot.Options {
  const { series, unit, zone, limit, width, height, onPoint } = request
  const colour = themeColours()
  const [bottom, top] = valueRange(series)
  const most = limit && limit.value < top * 3 ? Math.max(top, limit.value * 1.08) : top
  const axis = {
    stroke: colour.soft,
    font: FONT,
    grid: { stroke: colour.line, width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    padding: [14, RIGHT_MARGIN, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: true }, y: { range: [bottom, most] } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    axes: [
      { ...axis, grid: { show: false }, space: 70, values: (_, ticks) => timeLabels(ticks, zone) },
      { ...axis, size: 70, values: (_, ticks) => ticks.map((tick) => metricValue(tick, unit)) },
    ],
    series: [
      {},
      { stroke: 'transparent', points: { show: false }, spanGaps: false },
      { stroke: 'transparent', points: { show: false }, spanGaps: false },
      {
        stroke: colour.ink,
        width: 1.5,
        spanGaps: false,
        points: { show: series.seconds.length < 40, size: 4, fill: colour.ink },
      },
    ],
    bands: [{ series: [1, 2], fill: colour.band }],
    hooks: {
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      draw: [
        (plot) => drawLimit(plot, limit, colour),
        (plot) => drawUnusual(plot, series, colour),
        (plot) => drawLabels(plot, series, unit, colour),
      ],
    },
  }
}

const FONT = '12px system-ui, sans-serif'

type Colours = Readonly<Record<'ink' | 'soft' | 'line' | 'band' | 'late' | 'held', string>>

// A canvas knows no variables of CSS, so their values are read when it is drawn.
function themeColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const value = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: value('--ink'),
    soft: value('--ink-soft'),
    line: value('--line'),
    band: value('--busy-soft'),
    late: value('--late'),
    held: value('--held'),
  }
}

/** Midnights carry their day, the hours between only the hour. */
function timeLabels(ticks: readonly number[], zone: string): string[] {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 3_600
  return ticks.map((tick, index) => {
    const at = tick * 1_000
    if (step >= 86_400) return day(at, zone)
    const time = step < 60 ? clockSeconds(at, zone) : clockTime(at, zone)
    return time.startsWith('00:00') || index === 0 ? `${time}\n${day(at, zone)}` : time
  })
}

/** A diamond, so that its shape tells it as well as its colour. */
function drawUnusual({ ctx, valToPos }: uPlot, series: MetricSeries, colour: Colours): void {
  ctx.save()
  ctx.fillStyle = colour.late
  const size = 5 * devicePixelRatio
  for (const index of series.unusual) {
    const value = series.values[index]
    if (value === null || value === undefined) continue
    const x = valToPos(series.seconds[index]!, 'x', true)
    const y = valToPos(value, 'y', true)
    ctx.beginPath()
    ctx.moveTo(x, y - size)
    ctx.lineTo(x + size, y)
    ctx.lineTo(x, y + size)
    ctx.lineTo(x - size, y)
    ctx.fill()
  }
  ctx.restore()
}

function drawLimit({ ctx, valToPos, bbox, scales }: uPlot, limit: ChartLimit | null, colour: Colours): void {
  if (!limit || limit.value > (scales.y?.max ?? 0)) return
  const y = valToPos(limit.value, 'y', true)
  ctx.save()
  ctx.strokeStyle = colour.held
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.fillStyle = colour.held
  write(ctx, limit.word, bbox.left + bbox.width, y)
  ctx.restore()
}

/** The latest value and the word for the band stand at the line's end, instead of a legend. */
function drawLabels(
  { ctx, valToPos, bbox }: uPlot,
  series: MetricSeries,
  unit: MetricUnit,
  colour: Colours,
): void {
  const last = series.values.length - 1
  const value = series.values[last]
  if (value === null || value === undefined) return
  const right = bbox.left + bbox.width
  const y = valToPos(value, 'y', true)
  ctx.save()
  ctx.fillStyle = colour.ink
  write(ctx, metricValue(value, unit), right, y)
  const [low, high] = [series.low[last], series.high[last]]
  if (low !== null && low !== undefined && high !== null && high !== undefined) {
    const line = 15 * devicePixelRatio
    const middle = valToPos((low + high) / 2, 'y', true)
    ctx.fillStyle = colour.soft
    write(ctx, 'usual', right, Math.abs(middle - y) < line ? y + (middle >= y ? line : -line) : middle)
  }
  ctx.restore()
}

function write(ctx: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillText(text, x + 6 * devicePixelRatio, y)
}
