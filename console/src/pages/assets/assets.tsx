import { PageTitle } from '../../parts/page-title.js'

export function Assets() {
  return <PageTitle title="Assets" />
}
