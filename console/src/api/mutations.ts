import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { QueryResult } from '../../../src/adapters/engines/engine.js'
import type { RunRequestBody } from '../../../src/app/api/api.js'
import type { RenderRequest, ReportRecord, SilenceRequest } from '../../../src/app/api/shapes.js'
import type { Alert, Silence } from '../../../src/domain/alert.js'
import { part, request } from './client.js'

/** Puts a run into the queue; the queue's live events say which run its ticket became. */
export function useStartRun() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: RunRequestBody) =>
      request<Readonly<{ ticket: string }>>('/run', { method: 'POST', body }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['queue'] }),
  })
}

export function useCancelRun(run: number) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => request<void>(`/runs/${part(run)}/cancel`, { method: 'POST', body: { by: 'console' } }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['run', run] }),
  })
}

export function useAcknowledge(id: number) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: { by: string; note: string }) =>
      request<Alert>(`/alerts/${part(id)}/acknowledge`, { method: 'POST', body }),
    onSettled: () => {
      for (const noun of ['alert', 'alerts', 'overview']) void cache.invalidateQueries({ queryKey: [noun] })
    },
  })
}

export function useSilence() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: SilenceRequest) => request<Silence>('/silences', { method: 'POST', body }),
    onSettled: () => {
      for (const noun of ['silences', 'alert', 'alerts']) void cache.invalidateQueries({ queryKey: [noun] })
    },
  })
}

export function useUnsilence() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => request<void>(`/silences/${part(id)}`, { method: 'DELETE' }),
    onSettled: () => {
      for (const noun of ['silences', 'alert', 'alerts']) void cache.invalidateQueries({ queryKey: [noun] })
    },
  })
}

/** Renders now; resolves when every tenant is done. */
export function useRenderReport() {
  const cache = useQueryClient()
  return useMutation({
    // A server renders into its project's own folder.
    mutationFn: ({ report, tenant, period }: Omit<RenderRequest, 'out'>) =>
      request<readonly ReportRecord[]>(`/reports/${part(report)}/render`, {
        method: 'POST',
        body: { tenant, period },
      }),
    onSettled: (_result, _error, { report }) => {
      for (const queryKey of [['reports'], ['report', report]]) void cache.invalidateQueries({ queryKey })
    },
  })
}

/** Reads rows by SQL, within the server's limits. */
export const runSql = (sql: string, maxRows: number, signal: AbortSignal): Promise<QueryResult> =>
  request('/query', { method: 'POST', body: { sql, maxRows }, signal })
