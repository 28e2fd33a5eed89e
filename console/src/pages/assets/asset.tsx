import { PageTitle } from '../../parts/page-title.js'

export function AssetPage() {
  return <PageTitle title="Asset" />
}
