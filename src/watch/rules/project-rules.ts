import type { ReportRecord } from '../../domain/report.js'
import type { Look } from '../look.js'
import type { Symptom } from '../symptom.js'

/** The project on disk cannot be run while the last good one runs on. */
export function projectSymptoms({ broken }: Look): Symptom[] {
  if (!broken) return []
  return [
    {
      key: 'project',
      kind: 'project',
      severity: 'error',
      asset: null,
      title: `The project on disk cannot be run: ${broken.message.replace(/\.$/, '')} (${broken.code})`,
      effect: 'The last good version of the project runs on; the change has no effect yet.',
      next: 'See every mistake with its line: millrace plan',
      run: null,
      observation: null,
      confirmAfter: 1,
    },
  ]
}

/** Reports whose latest rendering failed or is held; all tenants of one report are one trouble. */
export function reportSymptoms({ reports }: Look): Symptom[] {
  if (reports === null) return []
  const names = [...new Set(reports.map(({ report }) => report))].sort()
  return names.flatMap((report) => {
    const bad = reports.filter(
      (record) => record.report === report && (record.status === 'failed' || record.status === 'held'),
    )
    return bad.length === 0 ? [] : [reportSymptom(report, bad)]
  })
}

function reportSymptom(report: string, bad: readonly ReportRecord[]): Symptom {
  const [first] = bad
  const isFailed = bad.some(({ status }) => status === 'failed')
  const tenants = bad.flatMap(({ tenant }) => (tenant === null ? [] : [tenant]))
  const whose =
    tenants.length === 0 ? '' : ` for ${tenants.length === 1 ? '1 tenant' : `${tenants.length} tenants`}`
  return {
    key: `report:${report}`,
    kind: 'report',
    severity: isFailed ? 'error' : 'warning',
    asset: null,
    title: `Report ${report}${whose} ${isFailed ? 'failed' : 'is held'}: ${first!.message.replace(/\.$/, '')}`,
    effect: 'Customers keep the last good one.',
    next: `Try again: millrace report ${report}`,
    run: null,
    observation: null,
    confirmAfter: 1,
  }
}
