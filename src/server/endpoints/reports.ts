import { type Endpoint, endpoint, jsonEndpoint } from '../endpoint.js'
import { API_PATHS } from '../paths.js'
import { z } from '../schemas/exactly.js'
import { reportDetail, reportSummary } from '../schemas/report.js'
import { name, orNull } from '../schemas/request.js'
import { REPORT_POLICY } from '../security/headers.js'

export const reportEndpoints: readonly Endpoint[] = [
  jsonEndpoint({
    at: API_PATHS.reports,
    name: 'reports',
    summary: 'Every report',
    answer: z.array(reportSummary),
    call: (_, api) => api.reports(),
  }),
  jsonEndpoint({
    at: API_PATHS.report,
    name: 'report',
    summary: 'One report and what became of it for each tenant and period',
    params: { report: name },
    answer: reportDetail,
    call: ({ params }, api) => api.report(params.report),
  }),
  endpoint({
    at: API_PATHS.reportHtml,
    name: 'reportHtml',
    summary: 'The page last rendered for a tenant and period',
    params: { report: name },
    query: { tenant: orNull(z.string().max(300)), period: name },
    answers: {
      200: [{ description: 'One page, complete in itself', type: 'text/html', schema: z.string() }],
    },
    handle: async ({ params, query }, _raw, { api }) => {
      const html = await api.reportHtml({ report: params.report, ...query })
      return new Response(html, {
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': REPORT_POLICY,
        },
      })
    },
  }),
]
