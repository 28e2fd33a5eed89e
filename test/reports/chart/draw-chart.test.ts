import { describe, expect, it } from 'vitest'
import type { ChartData } from '../../../src/reports/chart/chart-data.js'
import { drawChart, drawnPart } from '../../../src/reports/chart/draw-chart.js'
import type { ChartBlock } from '../../../src/reports/report.js'

const at = { file: 'reports/weekly.md', line: 1, column: 1 }
const block = (chart: 'line' | 'bar'): ChartBlock => ({
  ...{ kind: 'chart', chart, query: 'q', x: { value: 'x', at }, y: [{ value: 'y', at }], series: null },
  ...{ title: [], caption: null, unit: '', format: null, formatAt: null, at },
})

type Values = readonly (number | null)[]
function data(
  series: Readonly<Record<string, Values>>,
  kind: 'times' | 'names' = 'times',
  names?: string[],
): ChartData {
  const count = Object.values(series)[0]?.length ?? 0
  const slots = names ?? Array.from({ length: count }, (_, index) => `d${index}`)
  return {
    slots: { kind, names: slots, labels: slots, rows: [] },
    series: Object.entries(series).map(([name, values]) => ({ name, values })),
    write: (value) => (value === null ? '–' : String(Math.round(value))),
  }
}
const draw = (chart: 'line' | 'bar', all: ChartData) => drawChart(block(chart), drawnPart(block(chart), all))
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
const bars = (svg: string) => [...svg.matchAll(/M[^M]*?Z/g)].map(([path]) => path)
const numbersOf = (svg: string) => [...svg.matchAll(/[\d.-]+/g)].map(([number]) => Number(number))

describe('a chart', () => {
  it('is the same picture for the same data, and holds no number that is none', () => {
    for (const chart of ['line', 'bar'] as const)
      for (const kind of ['times', 'names'] as const)
        for (const values of [
          [1],
          [0, 0],
          [-1, null, -3],
          [0.001, 0.002],
          [1e12, 5],
          [-5, 5],
          [1e308, -1e308],
        ]) {
          const all = data({ a: values, b: values }, kind)
          expect(draw(chart, all)).toBe(draw(chart, all))
          expect(draw(chart, all)).not.toMatch(/NaN|Infinity|undefined|null/)
        }
  })

  it('writes names as text, whatever they hold', () => {
    for (const kind of ['times', 'names'] as const)
      for (const chart of ['line', 'bar'] as const) {
        const names = ['<b>x</b></svg><script>alert(1)</script>', '"&\'']
        const svg = draw(chart, data({ '<i>': [1, 2], '</text>': [2, 3] }, kind, names))
        expect(svg).not.toMatch(/<(?!\/?(svg|g|path|text|circle)\b)/)
        expect(svg).toContain('&lt;b&gt;')
      }
  })

  it('of lines draws a gap as a gap, and a value alone as a dot', () => {
    const svg = draw('line', data({ a: [1, 2, null, 4, null, 5, 6] }))
    const [line] = [...svg.matchAll(/<path d="([^"]*)" fill="none"/g)].map(([, path]) => path)
    expect(line?.match(/M/g)).toHaveLength(3)
    expect(svg.match(/<circle/g)).toHaveLength(1)
    expect(draw('line', data({ a: [null, 5, null] }))).toContain('<circle')
  })

  it('of lines has their names at their ends, never on one another', () => {
    const many = Object.fromEntries(['one', 'two', 'three', 'four', 'five'].map((name) => [name, [1, 100]]))
    const svg = draw('line', data(many))
    const [ends = ''] = /<g class="ends">.*<\/g>/.exec(svg) ?? []
    const heights = [...ends.matchAll(/ y="([\d.]+)"/g)].map(([, y]) => Number(y))
    expect(texts(ends).sort()).toEqual(Object.keys(many).sort())
    const sorted = [...heights].sort((a, b) => a - b)
    sorted.slice(1).forEach((y, index) => void expect(y - (sorted[index] ?? 0)).toBeGreaterThanOrEqual(14.9))
  })

  it('of bars has zero in the picture, values below it hanging down', () => {
    const svg = draw('bar', data({ a: [10, -10, 0] }))
    const [up = '', down = ''] = bars(svg)
    const [, start, tip] = numbersOf(up)
    const [, begin, end] = numbersOf(down)
    expect(start).toBe(begin)
    expect(tip).toBeLessThan(start ?? 0)
    expect(end).toBeGreaterThan(begin ?? 0)
    expect(texts(svg)).toEqual(['d0', 'd1', 'd2', '10', '-10', '0'])
  })

  it('of bars draws none where there is no value, and writes few values at the bars', () => {
    const svg = draw('bar', data({ a: [3, null, 4] }))
    expect(bars(svg)).toHaveLength(2)
    expect(texts(svg)).toEqual(['d0', 'd1', 'd2', '3', '4'])
  })

  it('with an axis has no step that reads like another', () => {
    for (const most of [1, 2, 3, 7, 100]) {
      const svg = draw('line', data({ a: [0, most] }))
      const steps = texts(svg).filter((text) => /^\d+$/.test(text ?? ''))
      expect(new Set(steps).size).toBe(steps.length)
      expect(Number(steps.at(-1))).toBeGreaterThanOrEqual(most)
    }
  })

  it('leaves out labels that would run into each other', () => {
    const names = Array.from({ length: 60 }, (_, index) => `Washroom number ${index}`)
    const svg = draw('line', data({ a: names.map((_, index) => index) }, 'names', names))
    const shown = texts(svg).filter((text) => text?.startsWith('Washroom'))
    expect(shown.length).toBeGreaterThan(1)
    expect(shown.length).toBeLessThan(6)
  })

  it('draws no more than an eye can take, and its figure keeps the rest', () => {
    const names = Array.from({ length: 400 }, (_, index) => `room ${index}`)
    const all = data({ a: names.map(() => 1) }, 'names', names)
    expect(drawnPart(block('bar'), all).slots.names).toHaveLength(20)
    expect(drawnPart(block('line'), all).slots.names).toHaveLength(400)
    const many = data(Object.fromEntries(names.slice(0, 9).map((name) => [name, [1, 2]])))
    expect(drawnPart(block('line'), many).series).toHaveLength(6)
  })

  it('leaves out series without a value', () => {
    const drawn = drawnPart(block('line'), data({ a: [1, 2], b: [null, null] }))
    expect(drawn.series.map(({ name }) => name)).toEqual(['a'])
  })

  it('shortens a name that is wider than the picture', () => {
    const name = 'a room with a name that goes on '.repeat(20)
    const [shown] = texts(draw('bar', data({ a: [1] }, 'names', [name])))
    expect(shown).toMatch(/^a room with .*…$/)
    expect(shown?.length).toBeLessThan(80)
  })
})
