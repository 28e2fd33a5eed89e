import { PageTitle } from '../../parts/page-title.js'

export function Runs() {
  return <PageTitle title="Runs" />
}
