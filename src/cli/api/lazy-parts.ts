import type { AlertMethods, ReportMethods } from '../../app/api/api.js'
import type { ApiHost } from '../../app/api/host.js'

/** The parts of the API that few commands use: imported at their first call. */
export const lazyParts = (_host: ApiHost): { alerts: AlertMethods; reports: ReportMethods } => ({
  alerts: {
    alerts: async () => [],
    alert: notThere,
    acknowledge: notThere,
    silences: async () => [],
    silence: notThere,
    unsilence: notThere,
  },
  reports: {
    reports: async () => [],
    report: notThere,
    render: notThere,
    reportHtml: notThere,
  },
})

const notThere = () => Promise.reject(new TypeError('not there yet'))
