import { Button, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { lineageQuery } from '../api/queries.js'
import { ErrorState } from '../parts/error-state.js'
import { BlockSkeleton } from '../parts/skeletons.js'
import { count } from '../words/numbers.js'
import { drawingOf } from './drawing.js'
import classes from './lineage.module.css'
import { LineageCanvas } from './lineage-canvas.js'
import { LineageList } from './lineage-list.js'
import type { NodeFacts } from './lineage-nodes.js'
import { type Graph, graphOf, type Hops, hiddenBeyond, neighbourhood } from './neighbourhood.js'
import { useBroken, useSummaries } from './summaries.js'

const FIRST_HOPS = 2
/** Of the place kept while the lineage is on its way. */
export const WAITING_HEIGHT = 360

const NOTHING: ReadonlySet<string> = new Set()

export type View = 'list' | 'picture'

type Props = Readonly<{ asset: string; view: View | undefined; onView: (view: View) => void }>

/** What an asset reads and who reads it: two hops at first, more where one opens them. */
export function AroundAsset({ asset, view, onView }: Props) {
  const { data, error, refetch } = useQuery(lineageQuery(asset, null))
  if (error) return <ErrorState error={error} what="The lineage" onRetry={() => void refetch()} />
  if (!data) return <BlockSkeleton height={WAITING_HEIGHT} />
  return <Around key={asset} graph={graphOf(data.nodes)} asset={asset} view={view} onView={onView} />
}

function Around({ graph, asset, view, onView }: Props & Readonly<{ graph: Graph }>) {
  // A picture of 216 px wide nodes says nothing on a telephone: there the list comes first.
  const narrow = useMediaQuery('(max-width: 719px)', innerWidth < 720, { getInitialValueInEffect: false })
  const chosen = view ?? (narrow ? 'list' : 'picture')
  const summaries = useSummaries()
  const broken = useBroken(summaries)
  const [depth, setDepth] = useState(FIRST_HOPS)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [folders, setFolders] = useState<ReadonlySet<string>>(new Set())
  // The query's answer is kept as it is while nothing changed, so its graph is made anew only with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the graph's assets stand for it
  const shown = useMemo(
    () => neighbourhood(graph, asset, depth, opened),
    [[...graph.keys()].join(), asset, depth, opened],
  )
  const open = useCallback((name: string) => setOpened((known) => new Set(known).add(name)), [])
  const openFolder = useCallback((name: string) => setFolders((known) => new Set(known).add(name)), [])
  const drawing = useMemo(
    () => drawingOf({ graph, shown, focus: asset, openFolders: folders, broken, folded: false }),
    [graph, shown, asset, folders, broken],
  )
  const facts = useMemo(
    (): NodeFacts => ({
      focus: asset,
      summaries,
      upstream: upstreamOf(graph),
      hidden: hiddenOf(graph, shown),
      onOpen: open,
      onFolder: openFolder,
    }),
    [graph, shown, summaries, asset, open, openFolder],
  )
  const all = useMemo(() => neighbourhood(graph, asset, Number.POSITIVE_INFINITY, NOTHING), [graph, asset])
  const beyond = all.size - shown.size
  return (
    <>
      <div className={classes.bar}>
        <span>
          {aroundWords(all)}
          {beyond > 0 ? ` The nearest ${shown.size - 1} are shown.` : ''}
        </span>
        <span className={classes.tools}>
          {beyond > 0 ? (
            <Button size="compact-sm" variant="default" onClick={() => setDepth(Number.POSITIVE_INFINITY)}>
              Show all {all.size - 1}
            </Button>
          ) : depth > FIRST_HOPS || opened.size > 0 || folders.size > 0 ? (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                setDepth(FIRST_HOPS)
                setOpened(new Set())
                setFolders(new Set())
              }}
            >
              Only two hops
            </Button>
          ) : null}
          <ViewSwitch view={chosen} onView={onView} />
        </span>
      </div>
      {chosen === 'list' ? (
        <LineageList graph={graph} shown={shown} summaries={summaries} />
      ) : (
        <>
          <LineageCanvas
            drawing={drawing}
            facts={facts}
            focus={asset}
            label={`Lineage of ${asset}: ${aroundWords(all)}`}
          />
          <Key tones={drawing.edges.map(({ tone }) => tone)} />
        </>
      )}
    </>
  )
}

export function ViewSwitch({ view, onView }: Readonly<{ view: View; onView: (view: View) => void }>) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="How it is shown"
      data={[
        { value: 'picture', label: 'Picture' },
        { value: 'list', label: 'List' },
      ]}
      value={view}
      onChange={(next) => onView(next as View)}
    />
  )
}

/** What the lines mean, only where such lines are drawn. */
export function Key({ tones }: Readonly<{ tones: readonly string[] }>) {
  const into = tones.includes('into')
  const behind = tones.includes('behind')
  if (!into && !behind) return null
  return (
    <p className={classes.key}>
      {into ? (
        <span>
          <i className={classes.into} aria-hidden /> leads to what broke
        </span>
      ) : null}
      {behind ? (
        <span>
          <i className={classes.behind} aria-hidden /> waits for it: readers see an older release
        </span>
      ) : null}
    </p>
  )
}

function aroundWords(shown: Hops): string {
  const hops = [...shown.values()]
  const above = hops.filter((one) => one < 0).length
  const below = hops.filter((one) => one > 0).length
  const reads = above === 0 ? 'Reads no other asset' : `Reads from ${count(above, 'asset')}`
  return `${reads}, ${below === 0 ? 'nobody reads it' : `${count(below, 'asset')} read from it`}.`
}

export const upstreamOf = (graph: Graph): ReadonlyMap<string, string> =>
  new Map(
    [...graph.values()].flatMap(({ asset, upstream }) => (upstream ? [[asset, upstream] as const] : [])),
  )

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
