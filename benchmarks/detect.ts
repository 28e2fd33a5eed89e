/**
 * How many labelled windows of the Numenta Anomaly Benchmark does the usual band find, and how often does it cry
 * wolf, next to a plain band of three standard deviations? Nothing but the past of a point is used.
 */
import { join } from 'node:path'
import { judgeSeries } from '../src/detect/judge-series.js'
import type { JudgeOptions } from '../src/detect/usual.js'
import { sharedData } from '../test/support/shared-data.js'
import { print } from './support/report.js'
import {
  chosenOn,
  type Detector,
  heldOut,
  type LabelledSeries,
  readLabelledSeries,
  scoreDetection,
  threeSigma,
} from './support/score-detection.js'

if (sharedData === null) throw new Error('shared/data is not beside the repository')
const all = readLabelledSeries(join(sharedData, 'anomalies'))
const DAY = 288

const band =
  (options: Partial<JudgeOptions> = {}): Detector =>
  (points) =>
    judgeSeries(points, options).map(({ unusual }) => unusual)

const methods: Readonly<Record<string, Detector>> = {
  'usual band': band(),
  'usual band, silent for the first day': band({ warmUp: DAY }),
  'usual band, a level is usual after 4 points': band({ lasting: 4, lastingMs: 0 }),
  'usual band, a level is usual after 24 points': band({ lasting: 24 }),
  'usual band, 2.5 wide': band({ width: 2.5 }),
  'usual band, 4 wide': band({ width: 4 }),
  'usual band on the ratio scale': band({ scale: 'ratio' }),
  '3 sigma of all before': threeSigma(Number.POSITIVE_INFINITY, DAY),
  '3 sigma of all before, from the 20th point': threeSigma(Number.POSITIVE_INFINITY, 20),
  '3 sigma of the last day': threeSigma(DAY, DAY),
}

function figures(series: readonly LabelledSeries[], detect: Detector) {
  const { windows, found, points, falsePoints, falseEpisodes } = scoreDetection(series, detect)
  return {
    found: `${found} of ${windows}`,
    'false episodes per 1,000 points': (falseEpisodes / points) * 1000,
    'false points per 1,000 points': (falsePoints / points) * 1000,
  }
}

const began = performance.now()
scoreDetection(all, methods['usual band']!)
const microseconds =
  ((performance.now() - began) * 1000) / all.reduce((sum, { points }) => sum + points.length, 0)

print('detect', {
  series: all.length,
  'microseconds per point': microseconds,
  methods: Object.fromEntries(
    Object.entries(methods).map(([name, detect]) => [
      name,
      {
        'all series': figures(all, detect),
        'parameters chosen on': figures(chosenOn(all), detect),
        'held out': figures(heldOut(all), detect),
      },
    ]),
  ),
})
