import { PageTitle } from '../../parts/page-title.js'

export function RunPage() {
  return <PageTitle title="Run" />
}
