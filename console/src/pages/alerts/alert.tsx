import { PageTitle } from '../../parts/page-title.js'

export function AlertPage() {
  return <PageTitle title="Alert" />
}
