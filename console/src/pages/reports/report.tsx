import { PageTitle } from '../../parts/page-title.js'

export function ReportPage() {
  return <PageTitle title="Report" />
}
