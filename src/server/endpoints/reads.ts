import { type Endpoint, jsonEndpoint } from '../endpoint.js'
import { API_PATHS } from '../paths.js'
import { assetDetail, assetSummary, lineage, metricPoint } from '../schemas/asset.js'
import { checkResult } from '../schemas/check.js'
import { z } from '../schemas/exactly.js'
import { finding, overview, projectStatus, queryResult, searchHit } from '../schemas/overview.js'
import { limit, name, number, orNull, text } from '../schemas/request.js'
import { releaseSummary } from '../schemas/run.js'

const MOST_PREVIEW_ROWS = 10_000

/** What is asked about the project and its assets. */
export const readEndpoints: readonly Endpoint[] = [
  jsonEndpoint({
    at: API_PATHS.overview,
    name: 'overview',
    summary: 'Health in one glance',
    answer: overview,
    call: (_, api) => api.overview(),
  }),
  jsonEndpoint({
    at: API_PATHS.status,
    name: 'status',
    summary: 'What readers see now, and how each asset last ran',
    answer: projectStatus,
    call: (_, api) => api.status(),
  }),
  jsonEndpoint({
    at: API_PATHS.search,
    name: 'search',
    summary: 'Assets, runs, reports, alerts and pages that match a text',
    query: { text },
    answer: z.array(searchHit),
    call: ({ query }, api) => api.search(query.text),
  }),
  jsonEndpoint({
    at: API_PATHS.assets,
    name: 'assets',
    summary: 'Every asset',
    answer: z.array(assetSummary),
    call: (_, api) => api.assets(),
  }),
  jsonEndpoint({
    at: API_PATHS.asset,
    name: 'asset',
    summary: 'One asset: columns, checks with history, code, releases',
    params: { name },
    answer: assetDetail,
    call: ({ params }, api) => api.asset(params.name),
  }),
  jsonEndpoint({
    at: API_PATHS.preview,
    name: 'preview',
    summary: 'Released rows of one asset',
    params: { name },
    query: { limit: limit(100, MOST_PREVIEW_ROWS) },
    answer: queryResult,
    call: ({ params, query }, api, signal, { inTurn }) =>
      inTurn(() => api.preview(params.name, query.limit, signal)),
  }),
  jsonEndpoint({
    at: API_PATHS.metrics,
    name: 'metrics',
    summary: 'History of one number of an asset, with its usual band',
    params: { name },
    query: { metric: name, since: orNull(number), limit: limit(500, 10_000) },
    answer: z.array(metricPoint),
    call: ({ params, query }, api) => api.metrics({ asset: params.name, ...query }),
  }),
  jsonEndpoint({
    at: API_PATHS.lineage,
    name: 'lineage',
    summary: 'Who reads whom: of the whole project, or around one asset',
    query: { focus: orNull(name), depth: orNull(number) },
    answer: lineage,
    call: ({ query }, api) => api.lineage(query),
  }),
  jsonEndpoint({
    at: API_PATHS.releases,
    name: 'releases',
    summary: 'Releases, newest first',
    query: { limit: limit(50, 1_000) },
    answer: z.array(releaseSummary),
    call: ({ query }, api) => api.releases(query.limit),
  }),
  jsonEndpoint({
    at: API_PATHS.latestChecks,
    name: 'latestChecks',
    summary: 'How checks were judged when their assets last ran, with sample rows',
    query: { select: orNull(text) },
    answer: z.array(checkResult),
    call: ({ query }, api) => api.latestChecks(query.select),
  }),
  jsonEndpoint({
    at: API_PATHS.doctor,
    name: 'doctor',
    summary: 'What could be wrong with the machine, the state, the warehouse, the connections',
    answer: z.array(finding),
    call: (_, api) => api.doctor(),
  }),
]
