import { Button, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { lineageQuery } from '../../api/queries.js'
import { AroundAsset, WAITING_HEIGHT } from '../../lineage/around-asset.js'
import { type Drawing, drawingOf, MOST_NODES } from '../../lineage/drawing.js'
import { LineageCanvas } from '../../lineage/lineage-canvas.js'
import { Key, type View, ViewSwitch } from '../../lineage/lineage-key.js'
import type { NodeFacts } from '../../lineage/lineage-nodes.js'
import { type Graph, graphOf, upstreamOf } from '../../lineage/neighbourhood.js'
import { useBroken, useSummaries } from '../../lineage/summaries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { PageTitle } from '../../parts/page-title.js'
import { BlockSkeleton } from '../../parts/skeletons.js'
import { withPart } from '../../search.js'
import { count } from '../../words/numbers.js'
import { FolderList } from './folder-list.js'
import classes from './lineage.module.css'

/** Who reads whom in the whole project, by folder; or around one asset that is looked for. */
export function LineagePage() {
  const { data, error, refetch } = useQuery(lineageQuery(null, null))
  const graph = useMemo(() => (data ? graphOf(data.nodes) : null), [data])
  return (
    <>
      <PageTitle title="Lineage" lead="Who reads whom, left to right in the direction rows flow." />
      {error && !graph ? (
        <ErrorState error={error} what="The lineage" onRetry={() => void refetch()} />
      ) : graph === null ? (
        <BlockSkeleton height={WAITING_HEIGHT} />
      ) : graph.size === 0 ? (
        <Empty title="The project’s tables and who reads whom appear here." command="millrace init">
          There is no asset yet.
        </Empty>
      ) : (
        <Lineage graph={graph} />
      )}
    </>
  )
}

function Lineage({ graph }: Readonly<{ graph: Graph }>) {
  const { focus, view, column } = useSearch({ from: '/lineage' })
  const navigate = useNavigate({ from: '/lineage' })
  const set = (part: Readonly<{ view?: View; column?: string | undefined }>) =>
    void navigate({ search: (known) => withPart(known, part), replace: true })
  const names = useMemo(() => [...graph.keys()].sort((a, b) => a.localeCompare(b)), [graph])
  return (
    <>
      <div className={classes.finder}>
        <Select
          aria-label="Find an asset in the lineage"
          placeholder="Find an asset"
          data={names}
          value={focus ?? null}
          onChange={(next) => void navigate({ search: next === null ? {} : { focus: next } })}
          searchable
          clearable
          limit={50}
          nothingFoundMessage="No asset is called so"
          className={classes.find}
        />
        {focus === undefined ? null : (
          <>
            <Button variant="default" size="compact-sm" onClick={() => void navigate({ search: {} })}>
              Whole project
            </Button>
            <Link to="/assets/$name" params={{ name: focus }}>
              Open {focus}
            </Link>
          </>
        )}
      </div>
      {focus === undefined ? (
        <Whole graph={graph} view={view} onView={(next) => set({ view: next })} />
      ) : graph.has(focus) ? (
        <AroundAsset asset={focus} view={view} column={column} onChange={set} />
      ) : (
        <Empty title={`There is no asset called ${focus}.`}>
          Look for another above, or see the whole project.
        </Empty>
      )}
    </>
  )
}

function Whole({
  graph,
  view,
  onView,
}: Readonly<{ graph: Graph; view: View | undefined; onView: (view: View) => void }>) {
  const { open = '' } = useSearch({ from: '/lineage' })
  const navigate = useNavigate({ from: '/lineage' })
  const narrow = useMediaQuery('(max-width: 719px)', innerWidth < 720, { getInitialValueInEffect: false })
  const summaries = useSummaries()
  const broken = useBroken(summaries)
  const openFolders = useMemo(() => new Set(open.split(',').filter(Boolean)), [open])
  const openFolder = useCallback(
    (folder: string) =>
      void navigate({ search: (known) => ({ ...known, open: toggled(known.open, folder) }) }),
    [navigate],
  )
  const drawing = useMemo(() => wholeDrawing(graph, openFolders, broken), [graph, openFolders, broken])
  const facts = useMemo(
    (): NodeFacts => ({
      focus: null,
      summaries,
      upstream: upstreamOf(graph),
      columns: null,
      hidden: new Map(),
      onOpen: () => {},
      onFolder: openFolder,
    }),
    [graph, summaries, openFolder],
  )
  // Hundreds of folders are no picture either.
  const tooMany = drawing.nodes.length > 2 * MOST_NODES
  const chosen = tooMany ? 'list' : (view ?? (narrow ? 'list' : 'picture'))
  return (
    <>
      <div className={classes.bar}>
        <span>
          {count(graph.size, 'asset')} in {count(foldersOf(drawing), 'folder')}
          {tooMany ? ', too many to draw at once: find an asset above.' : '.'}
          {chosen === 'picture' && openFolders.size === 0 && graph.size > MOST_NODES
            ? ' Open a folder to see its assets.'
            : ''}
        </span>
        <span className={classes.tools}>
          {openFolders.size > 0 ? (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void navigate({ search: ({ open: _, ...known }) => known })}
            >
              Close all folders
            </Button>
          ) : null}
          {tooMany ? null : <ViewSwitch view={chosen} onView={onView} />}
        </span>
      </div>
      {chosen === 'list' ? (
        <FolderList graph={graph} summaries={summaries} />
      ) : (
        <>
          <LineageCanvas
            drawing={drawing}
            facts={facts}
            focus={null}
            label={`Lineage of the project: ${count(graph.size, 'asset')}`}
          />
          <Key tones={drawing.edges.map(({ tone }) => tone)} />
        </>
      )}
    </>
  )
}

/** A small project is drawn asset by asset; a larger one by folder, those opened asset by asset. */
function wholeDrawing(graph: Graph, openFolders: ReadonlySet<string>, broken: ReadonlySet<string>): Drawing {
  return drawingOf({
    graph,
    shown: new Map([...graph.keys()].map((asset) => [asset, 0])),
    focus: null,
    openFolders,
    broken,
    folded: graph.size > MOST_NODES,
  })
}

const foldersOf = ({ nodes }: Drawing): number =>
  new Set(
    nodes.map((node) =>
      node.kind === 'folder' ? node.folder : node.asset.slice(0, node.asset.lastIndexOf('.')),
    ),
  ).size

function toggled(open: string | undefined, folder: string): string {
  const folders = new Set((open ?? '').split(',').filter(Boolean))
  if (!folders.delete(folder)) folders.add(folder)
  return [...folders].sort().join(',')
}
