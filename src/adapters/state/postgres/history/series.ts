import { z } from 'zod'
import type { AssetName } from '../../../../domain/asset.js'
import { double } from '../../double.js'
import type { SeriesRequest, SeriesValue } from '../../history-store.js'
import { type Database, parseRows, type Query } from '../database.js'
import type { Scope } from '../scope.js'

/** How many of an asset's latest steps are asked for the names of its metrics. */
const NAMED_STEPS = 20

const valueRow: z.ZodType<SeriesValue> = z.object({ run: z.number(), at: z.number(), value: double })

export async function seriesOf(
  database: Database,
  scope: Scope,
  request: SeriesRequest,
): Promise<SeriesValue[]> {
  const query = request.metric === 'duration_ms' ? durations(scope, request) : metric(scope, request)
  const rows = await database.query(query)
  return parseRows(valueRow, rows, 'metrics').reverse()
}

/** Of a metric that a step reported several times, the last value counts. */
const metric = ({ scope }: Scope, { asset, metric, since, limit }: SeriesRequest): Query => ({
  text: `select run, millrace_state.ms(at) as at, value from (
           select distinct on (run) run, at, value from millrace_state.metrics
           where scope = $1 and asset = $2 and name = $3
             and ($4::float8 is null or at >= millrace_state.instant($4))
           order by run desc, position desc) as measured
         limit $5`,
  values: [scope, asset, metric, since, limit],
})

const durations = ({ scope }: Scope, { asset, since, limit }: SeriesRequest): Query => ({
  text: `select run, millrace_state.ms(started_at) + duration_ms as at, duration_ms as value from millrace_state.steps
         where scope = $1 and asset = $2 and status = 'released'
           and ($3::float8 is null or started_at >= millrace_state.instant($3))
         order by run desc limit $4`,
  values: [scope, asset, since, limit],
})

const nameRow = z.object({ name: z.string() })

export async function metricNames(database: Database, { scope }: Scope, asset: AssetName): Promise<string[]> {
  const rows = await database.query({
    text: `select distinct m.name from (
             select s.run from millrace_state.steps s where s.scope = $1 and s.asset = $2 and s.status = 'released'
             order by s.run desc limit ${NAMED_STEPS}) as recent
           join millrace_state.metrics m on m.scope = $1 and m.asset = $2 and m.run = recent.run`,
    values: [scope, asset],
  })
  const names = parseRows(nameRow, rows, 'metrics').map(({ name }) => name)
  return names.length === 0 ? [] : [...new Set(['duration_ms', ...names])].sort()
}
