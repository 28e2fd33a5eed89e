import type { AlertMethods, ReportMethods } from '../../../src/app/api/api.js'
import { appError } from '../../../src/app/errors.js'

const none = () => Promise.reject(appError('RUN_UNKNOWN', { run: 0 }))

/** A project nobody watches. */
export const noAlerts: AlertMethods = {
  alerts: async () => [],
  alert: none,
  acknowledge: none,
  silences: async () => [],
  silence: none,
  unsilence: none,
}

/** A project without reports. */
export const noReports: ReportMethods = {
  reports: async () => [],
  report: none,
  render: none,
  reportHtml: none,
}
