import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Point } from '../../src/detect/usual.js'

/** One series of the Numenta Anomaly Benchmark, with the windows in which people said that something was wrong. */
export type LabelledSeries = Readonly<{
  name: string
  points: readonly Point[]
  windows: readonly Readonly<{ start: number; end: number }>[]
}>

/** For each point whether it is told as unusual; only what came before a point may be used. */
export type Detector = (points: readonly Point[]) => readonly boolean[]

export type DetectionScore = Readonly<{
  windows: number
  /** Windows with at least one unusual point. */
  found: number
  points: number
  /** Unusual points outside all windows. */
  falsePoints: number
  /** Stretches of unusual points that touch no window. Points no farther apart than `EPISODE_GAP` are one stretch. */
  falseEpisodes: number
}>

/** In points: an hour in most of these series. */
const EPISODE_GAP = 12

/** Times carry no zone; they are read as UTC. */
const instant = (text: string): number => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`)

export function readLabelledSeries(folder: string): LabelledSeries[] {
  // The file is the benchmark's own: names of series, and pairs of times.
  const labels = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >
  return Object.keys(labels)
    .sort()
    .map((name) => ({
      name,
      points: readFileSync(join(folder, name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => ({ at: instant(line), value: Number(line.slice(line.lastIndexOf(',') + 1)) })),
      windows: labels[name]!.map(([start, end]) => ({ start: instant(start), end: instant(end) })),
    }))
}

/** Every other series, by name: the first half was used to choose parameters, the second only to score. */
export const chosenOn = (series: readonly LabelledSeries[]): LabelledSeries[] =>
  series.filter((_one, at) => at % 2 === 0)
export const heldOut = (series: readonly LabelledSeries[]): LabelledSeries[] =>
  series.filter((_one, at) => at % 2 === 1)

export function scoreDetection(series: readonly LabelledSeries[], detect: Detector): DetectionScore {
  const scores = series.map((one) => scoreOne(one, detect(one.points)))
  const sum = (of: (score: DetectionScore) => number) => scores.reduce((total, score) => total + of(score), 0)
  return {
    windows: sum(({ windows }) => windows),
    found: sum(({ found }) => found),
    points: sum(({ points }) => points),
    falsePoints: sum(({ falsePoints }) => falsePoints),
    falseEpisodes: sum(({ falseEpisodes }) => falseEpisodes),
  }
}

function scoreOne({ points, windows }: LabelledSeries, unusual: readonly boolean[]): DetectionScore {
  const windowOf = (index: number) => {
    const { at } = points[index]!
    return windows.findIndex(({ start, end }) => at >= start && at <= end)
  }
  const told = [...unusual.keys()].filter((index) => unusual[index])
  const inside = told.map(windowOf)
  const episodes: number[][] = []
  for (const [place, index] of told.entries()) {
    const before = told[place - 1]
    if (before === undefined || index - before > EPISODE_GAP) episodes.push([])
    episodes.at(-1)!.push(inside[place]!)
  }
  return {
    windows: windows.length,
    found: new Set(inside.filter((window) => window >= 0)).size,
    points: points.length,
    falsePoints: inside.filter((window) => window < 0).length,
    falseEpisodes: episodes.filter((episode) => episode.every((window) => window < 0)).length,
  }
}

/** Mean ± 3 standard deviations of the last `memory` points, silent for the first `warmUp`. */
export const threeSigma =
  (memory: number, warmUp: number): Detector =>
  (points) => {
    let sum = 0
    let squares = 0
    let from = 0
    return points.map(({ value }, index) => {
      const count = index - from
      const mean = sum / count
      const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
      const unusual = index >= warmUp && Math.abs(value - mean) > 3 * deviation + 1e-9
      sum += value
      squares += value * value
      if (index - from + 1 > memory) {
        sum -= points[from]!.value
        squares -= points[from]!.value ** 2
        from++
      }
      return unusual
    })
  }
