import { PageTitle } from '../../parts/page-title.js'

export function Alerts() {
  return <PageTitle title="Alerts" />
}
