import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import { BlockSkeleton } from '../../parts/skeletons.js'

const AroundAsset = lazy(() =>
  import('../../lineage/around-asset.js').then(({ AroundAsset: Around }) => ({ default: Around })),
)

/** What the asset reads and who reads it. */
export function LineageTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { view } = useSearch({ from: '/assets/$name' })
  const navigate = useNavigate({ from: '/assets/$name' })
  return (
    <Suspense fallback={<BlockSkeleton height={560} />}>
      <AroundAsset
        asset={detail.asset}
        view={view}
        onView={(next) => void navigate({ search: (known) => ({ ...known, view: next }), replace: true })}
      />
    </Suspense>
  )
}
