import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import { BlockSkeleton } from '../../parts/skeletons.js'
import { withPart } from '../../search.js'

const AroundAsset = lazy(() =>
  import('../../lineage/around-asset.js').then(({ AroundAsset: Around }) => ({ default: Around })),
)

/** What the asset reads and who reads it. */
export function LineageTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { view, column } = useSearch({ from: '/assets/$name' })
  const navigate = useNavigate({ from: '/assets/$name' })
  return (
    <Suspense fallback={<BlockSkeleton height={560} />}>
      <AroundAsset
        asset={detail.asset}
        view={view}
        column={column}
        onChange={(part) => void navigate({ search: (known) => withPart(known, part), replace: true })}
      />
    </Suspense>
  )
}
