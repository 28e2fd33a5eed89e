import { PageTitle } from '../../parts/page-title.js'

export function Overview() {
  return <PageTitle title="Overview" />
}
