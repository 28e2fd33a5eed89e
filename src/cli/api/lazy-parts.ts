import type { AlertMethods, ReportMethods } from '../../app/api/api.js'
import type { ApiHost } from '../../app/api/host.js'

/** The parts of the API that few commands use: imported at their first call. */
export const lazyParts = (host: ApiHost): { alerts: AlertMethods; reports: ReportMethods } => ({
  alerts: lazyAlerts(host),
  reports: lazyReports(host),
})

function lazyAlerts(host: ApiHost): AlertMethods {
  const methods = async () => (await import('../../app/alerts.js')).hostedAlerts(host)
  return {
    alerts: async (filter) => (await methods()).alerts(filter),
    alert: async (id) => (await methods()).alert(id),
    acknowledge: async (id, by, note) => (await methods()).acknowledge(id, by, note),
    silences: async () => (await methods()).silences(),
    silence: async (request) => (await methods()).silence(request),
    unsilence: async (id) => (await methods()).unsilence(id),
  }
}

function lazyReports(host: ApiHost): ReportMethods {
  const methods = async () => (await import('../../app/reports.js')).reportMethods(host)
  return {
    reports: async () => (await methods()).reports(),
    report: async (name) => (await methods()).report(name),
    render: async (request, emit, signal) => (await methods()).render(request, emit, signal),
    reportHtml: async (request) => (await methods()).reportHtml(request),
  }
}
