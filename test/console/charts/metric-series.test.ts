import { describe, expect, it } from 'vitest'
import { metricSeries, valueRange } from '../../../console/src/charts/metric-series.js'

const MINUTE = 60_000
const at = (minute: number, value: number, own = {}) => ({
  run: minute,
  at: minute * MINUTE,
  value,
  low: null,
  high: null,
  expected: null,
  unusual: false,
  ...own,
})

describe('a metric over time', () => {
  it('is drawn oldest first, whatever order it comes in', () => {
    expect(metricSeries([at(2, 20), at(1, 10)]).values).toEqual([10, 20])
  })
  it('has a hole where nothing was measured for long, and none where one tick is missing', () => {
    const series = metricSeries([0, 1, 2, 4, 5, 6, 7, 30].map((minute) => at(minute, minute)))
    expect(series.values).toEqual([0, 1, 2, 4, 5, 6, 7, null, 30])
    expect(series.points[7]).toBeNull()
    expect(series.seconds).toEqual([...series.seconds].sort((a, b) => a - b))
  })
  it('has no hole among few points: they have no usual distance', () => {
    expect(metricSeries([at(0, 1), at(1, 2), at(2, 3), at(60, 4)]).values).toEqual([1, 2, 3, 4])
  })
  it('has no band where there is not enough history, and marks what is unusual', () => {
    const series = metricSeries([at(0, 1), at(1, 9, { low: 0, high: 2, unusual: true })])
    expect(series.low).toEqual([null, 0])
    expect(series.unusual).toEqual([1])
  })
  it('begins its axis at zero unless the values are far from it', () => {
    expect(valueRange(metricSeries([at(0, 10), at(1, 40)]))[0]).toBe(0)
    expect(valueRange(metricSeries([at(0, 1_000), at(1, 1_010)]))[0]).toBe(999)
    expect(valueRange(metricSeries([at(0, -5), at(1, 5)]))[0]).toBe(-6)
    expect(valueRange(metricSeries([]))).toEqual([0, 1])
  })
})
