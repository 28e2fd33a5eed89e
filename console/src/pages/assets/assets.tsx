import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSitemap } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { AssetSummary } from '../../../../src/app/api/shapes.js'
import { assetsQuery, searchQuery } from '../../api/queries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { PageTitle } from '../../parts/page-title.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import type { AssetsSearch } from '../../search.js'
import { count } from '../../words/numbers.js'
import { choicesOf, filterAssets, isTrouble } from './catalogue.js'
import { CatalogueFilters } from './catalogue-filters.js'
import { CatalogueTable } from './catalogue-table.js'

/** Every asset of the project: who owns it, how it stands, what readers see of it. */
export function Assets() {
  const { data, error, refetch } = useQuery(assetsQuery())
  return (
    <>
      <PageTitle title="Assets" lead={data ? standing(data) : 'Every table of the project.'}>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconSitemap size={16} aria-hidden />}
          renderRoot={(props) => <Link to="/lineage" {...props} />}
        >
          Lineage
        </Button>
      </PageTitle>
      {error && !data ? (
        <ErrorState error={error} what="The assets" onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <TableSkeleton rows={12} height={52} />
      ) : data.length === 0 ? (
        <Empty title="The project’s assets appear here." command="millrace init">
          An asset is a file that makes one table: assets/staging/readings.sql makes staging.readings. The
          command writes a small project to begin with.
        </Empty>
      ) : (
        <Catalogue assets={data} />
      )}
    </>
  )
}

function Catalogue({ assets }: Readonly<{ assets: readonly AssetSummary[] }>) {
  const filter = useSearch({ from: '/assets' })
  const navigate = useNavigate({ from: '/assets' })
  const found = useFoundByServer(filter.text ?? '')
  const choices = useMemo(() => choicesOf(assets), [assets])
  const shown = useMemo(() => filterAssets(assets, filter, found), [assets, filter, found])
  const set = (part: Partial<Record<keyof AssetsSearch, string | null>>) =>
    void navigate({
      search: (known) => withoutEmpty({ ...known, ...part }),
      replace: true,
    })
  return (
    <>
      <CatalogueFilters filter={filter} choices={choices} onChange={set} />
      {shown.length === 0 ? (
        <Empty title="No asset passes these filters.">
          All {count(assets.length, 'asset')} stay where they are; take a filter away to see more.
        </Empty>
      ) : (
        <CatalogueTable assets={shown} grouped={!filter.folder} />
      )}
      <p className="soft" role="status">
        {shown.length === assets.length
          ? count(assets.length, 'asset')
          : `${count(shown.length, 'asset')} of ${assets.length}`}
      </p>
    </>
  )
}

/** Assets the server finds by what the catalogue does not carry: their columns. */
function useFoundByServer(text: string): ReadonlySet<string> {
  const [asked] = useDebouncedValue(text.trim(), 150)
  const { data } = useQuery(searchQuery(asked))
  return useMemo(
    () =>
      new Set(
        asked === '' || asked !== text.trim()
          ? []
          : (data ?? []).filter(({ kind }) => kind === 'asset').map(({ label }) => label),
      ),
    [data, asked, text],
  )
}

function standing(assets: readonly AssetSummary[]): string {
  const troubled = assets.filter(({ health }) => isTrouble(health)).length
  if (assets.length === 0) return 'No table yet.'
  const all = count(assets.length, 'asset')
  if (troubled > 0) return `${all}, ${troubled} of them held, failed or late.`
  const never = assets.filter(({ health }) => health === 'never').length
  return never > 0 ? `${all}, ${never} never released.` : `${all}, all fresh.`
}

function withoutEmpty(search: Readonly<Record<string, string | null | undefined>>): AssetsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value))
}
