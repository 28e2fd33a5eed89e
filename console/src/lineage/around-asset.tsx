import { Button, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { lineageQuery } from '../api/queries.js'
import { ErrorState } from '../parts/error-state.js'
import { BlockSkeleton } from '../parts/skeletons.js'
import { count } from '../words/numbers.js'
import { type ColumnTrace, columnTrace } from './column-trace.js'
import { drawingOf } from './drawing.js'
import classes from './lineage.module.css'
import { LineageCanvas } from './lineage-canvas.js'
import { Key, type View, ViewSwitch } from './lineage-key.js'
import { LineageList } from './lineage-list.js'
import type { NodeFacts } from './lineage-nodes.js'
import { type Graph, graphOf, type Hops, hiddenBeyond, neighbourhood, upstreamOf } from './neighbourhood.js'
import { type Opening, useOpening } from './opening.js'
import { useBroken, useSummaries } from './summaries.js'
import { TracedColumns } from './traced-columns.js'

/** Of the place kept while the lineage is on its way. */
export const WAITING_HEIGHT = 360

const NOTHING: ReadonlySet<string> = new Set()

type Props = Readonly<{
  asset: string
  view: View | undefined
  /** The column that is followed; undefined: none. */
  column: string | undefined
  onChange: (part: Readonly<{ view?: View; column?: string | undefined }>) => void
}>

/** What an asset reads and who reads it: two hops at first, more where one opens them; or the way of one column. */
export function AroundAsset(props: Props) {
  const { data, error, refetch } = useQuery(lineageQuery(props.asset, null))
  const graph = useMemo(() => (data ? graphOf(data.nodes) : null), [data])
  if (error) return <ErrorState error={error} what="The lineage" onRetry={() => void refetch()} />
  if (!graph) return <BlockSkeleton height={WAITING_HEIGHT} />
  return <Around key={props.asset} graph={graph} {...props} />
}

function Around({ graph, asset, view, column, onChange }: Props & Readonly<{ graph: Graph }>) {
  // A picture of 216 px wide nodes says nothing on a telephone: there the list comes first.
  const narrow = useMediaQuery('(max-width: 719px)', innerWidth < 720, { getInitialValueInEffect: false })
  const chosen = view ?? (narrow ? 'list' : 'picture')
  const opening = useOpening()
  const columns = graph.get(asset)?.columns ?? []
  const known = columns.some((one) => one.column === column) ? column : undefined
  const trace = useMemo(
    () => (known === undefined ? null : columnTrace(graph, asset, known)),
    [graph, asset, known],
  )
  const all = useMemo(() => neighbourhood(graph, asset, Number.POSITIVE_INFINITY, NOTHING), [graph, asset])
  const near = useMemo(
    () => neighbourhood(graph, asset, opening.depth, opening.assets),
    [graph, asset, opening],
  )
  const shown = trace ? trace.hops : near
  return (
    <>
      <div className={classes.bar}>
        <span>
          {trace && known ? traceWords(known, trace) : aroundWords(all)}
          {!trace && all.size > near.size ? ` The nearest ${near.size - 1} are shown.` : ''}
        </span>
        <span className={classes.tools}>
          {columns.length > 0 ? (
            <Select
              size="xs"
              aria-label="Follow a column"
              placeholder="Follow a column"
              data={columns.map((one) => one.column)}
              value={known ?? null}
              onChange={(next) => onChange({ column: next ?? undefined })}
              searchable
              clearable
              w={170}
            />
          ) : null}
          {trace ? null : <Depth shown={near.size} all={all.size} opening={opening} />}
          <ViewSwitch view={chosen} onView={(next) => onChange({ view: next })} />
        </span>
      </div>
      {chosen === 'picture' ? (
        <Picture graph={graph} asset={asset} shown={shown} trace={trace} opening={opening} />
      ) : trace ? null : (
        <ListOf graph={graph} shown={shown} />
      )}
      {trace ? <TracedColumns trace={trace} asset={asset} /> : null}
    </>
  )
}

function ListOf({ graph, shown }: Readonly<{ graph: Graph; shown: Hops }>) {
  return <LineageList graph={graph} shown={shown} summaries={useSummaries()} />
}

type PictureProps = Readonly<{
  graph: Graph
  asset: string
  shown: Hops
  trace: ColumnTrace | null
  opening: Opening
}>

function Picture({ graph, asset, shown, trace, opening }: PictureProps) {
  const summaries = useSummaries()
  const broken = useBroken(summaries)
  const { folders, openAsset, openFolder } = opening
  const drawing = useMemo(
    () =>
      drawingOf({
        graph,
        shown,
        focus: asset,
        openFolders: folders,
        broken: trace ? NOTHING : broken,
        folded: false,
        only: trace?.edges ?? null,
      }),
    [graph, shown, asset, folders, broken, trace],
  )
  const facts = useMemo(
    (): NodeFacts => ({
      focus: asset,
      summaries,
      upstream: upstreamOf(graph),
      columns: trace ? namesOf(trace) : null,
      hidden: trace ? new Map() : hiddenOf(graph, shown),
      onOpen: openAsset,
      onFolder: openFolder,
    }),
    [graph, shown, summaries, asset, trace, openAsset, openFolder],
  )
  return (
    <>
      <LineageCanvas
        drawing={drawing}
        facts={facts}
        focus={asset}
        label={`Lineage of ${asset}. The list says the same in words.`}
      />
      <Key tones={drawing.edges.map(({ tone }) => tone)} />
    </>
  )
}

function Depth({ shown, all, opening }: Readonly<{ shown: number; all: number; opening: Opening }>) {
  if (shown < all) {
    return (
      <Button size="compact-sm" variant="default" onClick={opening.openAll}>
        Show all {all - 1}
      </Button>
    )
  }
  return opening.isOpened ? (
    <Button size="compact-sm" variant="default" onClick={opening.close}>
      Only two hops
    </Button>
  ) : null
}

function aroundWords(shown: Hops): string {
  const hops = [...shown.values()]
  const above = hops.filter((one) => one < 0).length
  const below = hops.filter((one) => one > 0).length
  const reads = above === 0 ? 'Reads no other asset' : `Reads from ${count(above, 'asset')}`
  const readBy =
    below === 0 ? 'nobody reads it' : `${count(below, 'asset')} ${below === 1 ? 'reads' : 'read'} from it`
  return `${reads}, ${readBy}.`
}

function traceWords(column: string, { hops, uncertain }: ColumnTrace): string {
  const above = [...hops.values()].filter((one) => one < 0).length
  const below = [...hops.values()].filter((one) => one > 0).length
  const from = above === 0 ? 'comes from no other asset' : `comes from ${count(above, 'asset')}`
  const into = below === 0 ? 'goes into none' : `goes into ${count(below, 'asset')}`
  return `${column} ${from}, ${into}.${uncertain ? ' Where code makes a column, its way cannot be followed.' : ''}`
}

const namesOf = ({ columns }: ColumnTrace): ReadonlyMap<string, readonly string[]> =>
  new Map([...columns].map(([asset, list]) => [asset, list.map(({ column }) => column)]))

/** Above only where one looks up, below only where one looks down: an ancestor's other readers are no part of this. */
function hiddenOf(graph: Graph, shown: Hops): NodeFacts['hidden'] {
  return new Map(
    [...shown].map(([asset, hops]) => [
      asset,
      {
        above: hops <= 0 ? hiddenBeyond(graph, asset, -1, shown) : 0,
        below: hops >= 0 ? hiddenBeyond(graph, asset, 1, shown) : 0,
      },
    ]),
  )
}
