import type { SeriesValue } from '../../adapters/state/history-store.js'
import { judgeSeries } from '../../detect/judge-series.js'
import { assetNamed } from '../select.js'
import type { Session } from '../session.js'
import { optionsOf } from '../watch/watch-memory.js'
import type { MetricPoint, MetricRequest } from './shapes.js'

/** Values before the first that is shown, from which its band is made. */
const PAST_VALUES = 1000

/** Oldest first, each with what was usual before it, by the measure that alerts have. @throws ASSET_UNKNOWN */
export async function readMetric(
  { loaded: { project }, services }: Session,
  { asset, metric, since, limit }: MetricRequest,
): Promise<readonly MetricPoint[]> {
  const { name } = assetNamed(project, asset)
  const store = await services.store()
  const values = await store.history.series({
    asset: name,
    metric,
    since: null,
    limit: limit + PAST_VALUES,
  })
  const shown = judged(values, metric, project.timezone).slice(-limit)
  return since === null ? shown : shown.filter(({ at }) => at >= since)
}

/** A value that is no number (a model's loss, now and then) is a gap: JSON has none, and a band none for it. */
function judged(values: readonly SeriesValue[], metric: string, timezone: string): MetricPoint[] {
  const finite = values.filter(({ value }) => Number.isFinite(value))
  const bands = judgeSeries(finite, { ...optionsOf(metric), timezone })
  return bands.map(({ at, value, expected, low, high, unusual }, index) => ({
    // Judged one by one, in order.
    run: finite[index]!.run,
    at,
    value,
    expected,
    low,
    high,
    unusual,
  }))
}
