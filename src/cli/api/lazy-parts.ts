import type { AlertMethods, ReportMethods } from '../../app/api/api.js'
import type { ApiHost } from '../../app/api/host.js'

/** The parts of the API that few commands use: imported at their first call. */
export const lazyParts = (host: ApiHost): { alerts: AlertMethods; reports: ReportMethods } => ({
  alerts: lazyAlerts(host),
  reports: {
    reports: async () => [],
    report: notThere,
    render: notThere,
    reportHtml: notThere,
  },
})

function lazyAlerts({ use }: ApiHost): AlertMethods {
  const asked = <T>(work: (methods: AlertMethods) => Promise<T>): Promise<T> =>
    use(async (session) => work((await import('../../app/alerts.js')).alertMethods(session)))
  return {
    alerts: (filter) => asked((methods) => methods.alerts(filter)),
    alert: (id) => asked((methods) => methods.alert(id)),
    acknowledge: (id, by, note) => asked((methods) => methods.acknowledge(id, by, note)),
    silences: () => asked((methods) => methods.silences()),
    silence: (request) => asked((methods) => methods.silence(request)),
    unsilence: (id) => asked((methods) => methods.unsilence(id)),
  }
}

const notThere = () => Promise.reject(new TypeError('not there yet'))
