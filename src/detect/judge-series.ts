import { type Band, DEFAULT_JUDGE, type JudgeOptions, type Point, startUsual } from './usual.js'

/** `low` and `high` are null while there is not enough history; `unusual` is then false. */
export type Judged = Point &
  Readonly<{
    low: number | null
    high: number | null
    expected: number | null
    unusual: boolean
    /** Unusual points in a row up to this one, all on one side. */
    streak: number
  }>

/** Each point against the usual band of the points before it. Points are in order of time. */
export function judgeSeries(points: readonly Point[], options: Partial<JudgeOptions> = {}): Judged[] {
  const usual = startUsual({ ...DEFAULT_JUDGE, ...options })
  let streak = 0
  let before = 'usual'
  return points.map((point) => {
    const { band, side } = usual.judge(point)
    streak = side === 'usual' ? 0 : side === before ? streak + 1 : 1
    before = side
    return {
      ...point,
      low: band?.low ?? null,
      high: band?.high ?? null,
      expected: band?.expected ?? null,
      unusual: side !== 'usual',
      streak,
    }
  })
}

/** What would be usual at `at`, after all of `history`; null while there is not enough. */
export function bandFor(
  history: readonly Point[],
  at: number,
  options: Partial<JudgeOptions> = {},
): Band | null {
  const usual = startUsual({ ...DEFAULT_JUDGE, ...options })
  for (const point of history) usual.judge(point)
  return usual.bandAt(at)
}
