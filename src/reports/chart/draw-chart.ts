import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { ChartBlock } from '../report.js'
import type { ChartData, Series } from './chart-data.js'

use([BarChart, LineChart, GridComponent, SVGRenderer])

/** Told apart with colour-blind eyes as well; series have their names beside them besides. */
export const PALETTE = ['#0b5cad', '#c2571a', '#1b8a6b', '#8a4fa3', '#b0892a', '#5c677d'] as const

const WIDTH = 640
const HEIGHT = 240
const BAR_ROW = 46
const MOST_LABELLED_BARS = 12
const INK = '#4a5360'
const LINE = '#e3e7ec'
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

/** Names read better beside bars that lie; times run from left to right. */
export const liesDown = (block: ChartBlock, { slots }: ChartData): boolean =>
  block.chart === 'bar' && slots.kind === 'names'

/** The chart as SVG. The same data give the same bytes; `number` keeps the ids of one page apart. */
export function drawChart(block: ChartBlock, data: ChartData, number: number): string {
  const lying = liesDown(block, data)
  const height = lying
    ? 24 + BAR_ROW * data.slots.names.length * Math.max(1, data.series.length * 0.6)
    : HEIGHT
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: Math.round(height) })
  try {
    chart.setOption(lying ? lyingBars(data) : upright(block, data))
    return cleaned(chart.renderToSVGString(), number)
  } finally {
    chart.dispose()
  }
}

/**
 * Ids of echarts count up over the whole process, and its hover rules want a mouse. Neither belongs in a page that
 * is to be the same each time.
 */
function cleaned(svg: string, number: number): string {
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class|ecmeta_\w+|pointer-events|xmlns:xlink|version|baseProfile|xml:space)="[^"]*"/g, '')
      // The page says once how texts of charts look.
      .replace(/ style="font-size:12px;font-family:[^"]*"/g, '')
      .replace(/<rect width="\d+" height="\d+" x="0" y="0" fill="none"><\/rect>/, '')
      .replace(/zr\d+-/g, `chart${number}-`)
      .replace(/^<svg width="\d+" height="\d+"/, '<svg aria-hidden="true" focusable="false"')
      .replace(/\n+/g, '')
  )
}

const text = { color: INK, fontFamily: FONT, fontSize: 12 } as const

const COMMON = { animation: false, textStyle: text, color: [...PALETTE] }

function upright(block: ChartBlock, data: ChartData): EChartsCoreOption {
  const bars = block.chart === 'bar'
  const one = data.series.length === 1
  const labelled = bars && one && data.slots.names.length <= MOST_LABELLED_BARS
  const names = data.series.map(({ name }) => name)
  const space = one || bars ? 12 : Math.min(160, 16 + 7 * Math.max(...names.map((name) => name.length)))
  return {
    ...COMMON,
    grid: {
      left: 4,
      right: space,
      top: labelled ? 24 : 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: data.slots.names.map((_, index) => String(index)),
      boundaryGap: bars,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: '#9aa4b0' } },
      axisLabel: {
        ...text,
        // Labels that say nothing would still be laid out.
        interval: (index: number) => data.slots.labels[index] !== '',
        margin: 11,
        formatter: (_value: string, index: number) => data.slots.labels[index] ?? '',
      },
    },
    yAxis: {
      type: 'value',
      show: !labelled,
      splitNumber: 4,
      axisLabel: { ...text, formatter: (value: number) => data.write(value) },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: data.series.map((series) => (bars ? bar(series, data, labelled) : line(series, one))),
  }
}

const bar = (series: Series, { write }: ChartData, labelled: boolean) => ({
  type: 'bar',
  name: series.name,
  data: series.values,
  barMaxWidth: 46,
  barCategoryGap: '28%',
  barGap: '8%',
  itemStyle: { borderRadius: [2, 2, 0, 0] },
  ...(labelled && {
    label: {
      ...text,
      show: true,
      position: 'top',
      formatter: (point: { value: number }) => write(point.value ?? null),
    },
  }),
})

function line({ name, values }: Series, one: boolean) {
  const alone = (index: number) =>
    (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
  return {
    type: 'line',
    name,
    // A value between two gaps would be a line without length.
    data: values.map((value, index) =>
      value !== null && alone(index) ? { value, symbol: 'circle', symbolSize: 5 } : value,
    ),
    symbol: 'none',
    showSymbol: values.some((value, index) => value !== null && alone(index)),
    connectNulls: false,
    lineStyle: { width: 2 },
    ...(one && { areaStyle: { opacity: 0.08 } }),
    ...(!one && {
      endLabel: { ...text, show: true, formatter: '{a}', color: 'inherit', distance: 6 },
      labelLayout: { moveOverlap: 'shiftY' },
    }),
  }
}

/** The name stands above its bar, where it has the whole width, also on a phone. */
function lyingBars(data: ChartData): EChartsCoreOption {
  const one = data.series.length === 1
  const most = Math.max(0, ...data.series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  return {
    ...COMMON,
    grid: { left: 2, right: 2, top: 12, bottom: 0 },
    xAxis: { type: 'value', show: false, max: most > 0 ? most * 1.15 : 1 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: data.slots.names,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: {
        ...text,
        inside: true,
        interval: 0,
        align: 'left',
        verticalAlign: 'bottom',
        margin: 0,
        padding: [0, 0, one ? 13 : 6 * data.series.length + 10, 0],
        width: WIDTH - 40,
        overflow: 'truncate',
      },
      z: 10,
    },
    series: data.series.map((series) => ({
      type: 'bar',
      name: series.name,
      data: series.values,
      barWidth: one ? 12 : 10,
      barGap: '20%',
      itemStyle: { borderRadius: [0, 2, 2, 0] },
      label: {
        ...text,
        show: true,
        position: 'right',
        formatter: (point: { value: number }) => data.write(point.value ?? null),
      },
    })),
  }
}
