import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { QueryResult } from '../../../src/adapters/engines/engine.js'
import type { ReleaseSummary } from '../../../src/adapters/state/store.js'
import type {
  AssetDetail,
  AssetSummary,
  CheckResult,
  LogLine,
  MetricPoint,
  Overview,
  QueueEntry,
  ReportDetail,
  ReportSummary,
  RunDetail,
  RunSummary,
  SearchHit,
} from '../../../src/app/api/shapes.js'
import type { Finding } from '../../../src/app/finding.js'
import type { Lineage } from '../../../src/app/project-lineage.js'
import type { Alert, AlertState, Silence } from '../../../src/domain/alert.js'
import type { RunStatus } from '../../../src/domain/run.js'
import { setServerTime } from '../clock.js'
import { part, request, requestText } from './client.js'

// One entry for each question the console asks: its key in the cache and how it is asked. `useQuery(assetQuery(name))`.
// Keys begin with the noun, so that an event can make exactly what it changed be read again (live-cache.ts).

export const overviewQuery = () =>
  queryOptions({
    queryKey: ['overview'],
    queryFn: async ({ signal }) => {
      const overview = await request<Overview>('/overview', { signal })
      setServerTime(overview.now)
      return overview
    },
  })

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: ({ signal }) => request<readonly SearchHit[]>('/search', { params: { text }, signal }),
    enabled: text.trim() !== '',
  })

export const assetsQuery = () =>
  queryOptions({
    queryKey: ['assets'],
    queryFn: ({ signal }) => request<readonly AssetSummary[]>('/assets', { signal }),
  })

export const assetQuery = (name: string) =>
  queryOptions({
    queryKey: ['asset', name, 'detail'],
    queryFn: ({ signal }) => request<AssetDetail>(`/assets/${part(name)}`, { signal }),
  })

export const previewQuery = (name: string, limit: number) =>
  queryOptions({
    queryKey: ['asset', name, 'preview', limit],
    queryFn: ({ signal }) =>
      request<QueryResult>(`/assets/${part(name)}/preview`, { params: { limit }, signal }),
  })

export const metricsQuery = (name: string, metric: string, since: number | null, limit: number) =>
  queryOptions({
    queryKey: ['asset', name, 'metrics', metric, since, limit],
    queryFn: ({ signal }) =>
      request<readonly MetricPoint[]>(`/assets/${part(name)}/metrics`, {
        params: { metric, since, limit },
        signal,
      }),
  })

export const lineageQuery = (focus: string | null, depth: number | null) =>
  queryOptions({
    queryKey: ['lineage', focus, depth],
    queryFn: ({ signal }) => request<Lineage>('/lineage', { params: { focus, depth }, signal }),
  })

export const releasesQuery = (limit: number) =>
  queryOptions({
    queryKey: ['releases', limit],
    queryFn: ({ signal }) => request<readonly ReleaseSummary[]>('/releases', { params: { limit }, signal }),
  })

export type RunsAsked = Readonly<{ status: RunStatus | null; asset: string | null; limit: number }>

/** Runs, newest first, page by page: a page begins before the last run of the one above. */
export const runsQuery = ({ status, asset, limit }: RunsAsked) =>
  infiniteQueryOptions({
    queryKey: ['runs', status, asset, limit],
    initialPageParam: null as number | null,
    queryFn: ({ signal, pageParam }) =>
      request<readonly RunSummary[]>('/runs', {
        params: { limit, before: pageParam, status, asset },
        signal,
      }),
    getNextPageParam: (page) => (page.length < limit ? undefined : page.at(-1)?.run),
  })

export const runQuery = (run: number) =>
  queryOptions({
    queryKey: ['run', run, 'detail'],
    queryFn: ({ signal }) => request<RunDetail>(`/runs/${part(run)}`, { signal }),
  })

export const LOG_PAGE = 1_000

/** Lines of a run's log in order, page by page; a page shorter than `LOG_PAGE` ends at what is written so far. */
export const readLog = (run: number, asset: string | null, after: number, signal: AbortSignal) =>
  request<readonly LogLine[]>(`/runs/${part(run)}/log`, { params: { asset, after, limit: LOG_PAGE }, signal })

export const queueQuery = () =>
  queryOptions({
    queryKey: ['queue'],
    queryFn: ({ signal }) => request<readonly QueueEntry[]>('/queue', { signal }),
  })

/** `states` null: the open ones. */
export const alertsQuery = (states: readonly AlertState[] | null, asset: string | null, limit = 500) =>
  queryOptions({
    queryKey: ['alerts', states?.join(',') ?? null, asset, limit],
    queryFn: ({ signal }) =>
      request<readonly Alert[]>('/alerts', { params: { states: states?.join(','), asset, limit }, signal }),
  })

export type AlertWithCaused = Readonly<{ alert: Alert; caused: readonly Alert[] }>

export const alertQuery = (id: number) =>
  queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => request<AlertWithCaused>(`/alerts/${part(id)}`, { signal }),
  })

export const silencesQuery = () =>
  queryOptions({
    queryKey: ['silences'],
    queryFn: ({ signal }) => request<readonly Silence[]>('/silences', { signal }),
  })

export const reportsQuery = () =>
  queryOptions({
    queryKey: ['reports'],
    queryFn: ({ signal }) => request<readonly ReportSummary[]>('/reports', { signal }),
  })

export const reportQuery = (name: string) =>
  queryOptions({
    queryKey: ['report', name, 'detail'],
    queryFn: ({ signal }) => request<ReportDetail>(`/reports/${part(name)}`, { signal }),
  })

export const reportHtmlQuery = (name: string, tenant: string | null, period: string) =>
  queryOptions({
    queryKey: ['report', name, 'html', tenant, period],
    queryFn: ({ signal }) =>
      requestText(`/reports/${part(name)}/html`, {
        params: { tenant, period },
        headers: { accept: 'text/html' },
        signal,
      }),
  })

export const latestChecksQuery = (select: string | null) =>
  queryOptions({
    queryKey: ['checks', select],
    queryFn: ({ signal }) =>
      request<readonly CheckResult[]>('/checks/latest', { params: { select }, signal }),
  })

export const doctorQuery = () =>
  queryOptions({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => request<readonly Finding[]>('/doctor', { signal }),
  })
