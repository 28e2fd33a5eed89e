import { PageTitle } from '../../parts/page-title.js'

export function Reports() {
  return <PageTitle title="Reports" />
}
