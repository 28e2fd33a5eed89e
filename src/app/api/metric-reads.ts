import { assetNamed } from '../select.js'
import type { Session } from '../session.js'
import type { MetricPoint, MetricRequest } from './shapes.js'

/** Oldest first. @throws ASSET_UNKNOWN */
export async function readMetric(
  { loaded, services }: Session,
  request: MetricRequest,
): Promise<readonly MetricPoint[]> {
  const { name } = assetNamed(loaded.project, request.asset)
  const store = await services.store()
  const values = await store.history.series({ ...request, asset: name })
  return values.map((value) => ({ ...value, low: null, high: null, unusual: false }))
}
