import { IconChevronsLeft, IconChevronsRight, IconFolder } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import type { AssetSummary, Health } from '../../../src/app/api/shapes.js'
import { folderOf, nameInFolder } from '../pages/assets/catalogue.js'
import { deliveryTarget } from '../pages/assets/standing.js'
import { StateIcon } from '../parts/state.js'
import { count } from '../words/numbers.js'
import { wordOf } from '../words/states.js'
import type { DrawnNode } from './drawing.js'
import classes from './lineage.module.css'

/** What the nodes say besides their names, and what happens when one is opened. */
export type NodeFacts = Readonly<{
  focus: string | null
  summaries: ReadonlyMap<string, AssetSummary>
  upstream: ReadonlyMap<string, string>
  /** The columns that take part, by asset, while one column is followed. */
  columns: ReadonlyMap<string, readonly string[]> | null
  /** How many neighbours outward are not shown, by asset. */
  hidden: ReadonlyMap<string, Readonly<{ above: number; below: number }>>
  onOpen: (asset: string) => void
  onFolder: (folder: string) => void
}>

type Data = Readonly<{ node: DrawnNode; facts: NodeFacts }>

/** One asset: its state, name, and where its rows come from or go to. */
export function AssetNode({ data }: NodeProps) {
  const { node, facts } = data as unknown as Data
  if (node.kind !== 'asset') return null
  const { asset } = node
  const summary = facts.summaries.get(asset)
  const hidden = facts.hidden.get(asset)
  return (
    <div
      className={classes.node}
      data-focus={asset === facts.focus || undefined}
      data-health={summary?.health}
    >
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      {hidden && hidden.above > 0 ? (
        <Open side="above" hidden={hidden.above} asset={asset} onOpen={facts.onOpen} />
      ) : null}
      <span className={classes.nodeFolder}>{folderOf(asset)}</span>
      <span className={classes.nodeName}>
        {summary ? <HealthIcon health={summary.health} /> : null}
        <Link
          to="/assets/$name"
          params={{ name: asset }}
          search={{ tab: 'lineage' }}
          className={classes.nodeLink}
          title={asset}
        >
          {nameInFolder(asset)}
        </Link>
      </span>
      <span className={classes.nodeNote} data-columns={facts.columns !== null || undefined}>
        {noteOf(asset, summary, facts)}
      </span>
      {hidden && hidden.below > 0 ? (
        <Open side="below" hidden={hidden.below} asset={asset} onOpen={facts.onOpen} />
      ) : null}
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </div>
  )
}

/** Many assets of one folder; opening it shows them one by one. */
export function FolderNode({ data }: NodeProps) {
  const { node, facts } = data as unknown as Data
  if (node.kind !== 'folder') return null
  const troubled = worstOf(node.assets, facts.summaries)
  return (
    <div className={classes.node} data-folder>
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      <span className={classes.nodeName}>
        <IconFolder size={16} aria-hidden />
        {node.part ? (
          <Link to="/assets" search={{ folder: node.folder }} className={classes.nodeLink}>
            {node.folder}
          </Link>
        ) : (
          <button type="button" className={classes.nodeButton} onClick={() => facts.onFolder(node.folder)}>
            {node.folder || 'no folder'}
          </button>
        )}
      </span>
      <span className={classes.nodeNote}>
        {node.part ? `${node.assets.length} more, in the catalogue` : count(node.assets.length, 'asset')}
        {troubled ? (
          <span className={classes.trouble}>
            <StateIcon of={troubled.health} size={14} /> {troubled.count} {troubled.health}
          </span>
        ) : null}
      </span>
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </div>
  )
}

function HealthIcon({ health }: Readonly<{ health: Health }>) {
  return (
    <span title={wordOf(health)} className={classes.nodeState}>
      <StateIcon of={health} size={15} />
      <span className="visually-hidden">{wordOf(health)}</span>
    </span>
  )
}

function Open({
  side,
  hidden,
  asset,
  onOpen,
}: Readonly<{ side: 'above' | 'below'; hidden: number; asset: string; onOpen: (asset: string) => void }>) {
  const words =
    side === 'above' ? `Show ${hidden} more that ${asset} reads` : `Show ${hidden} more that read ${asset}`
  return (
    <button
      type="button"
      className={classes.open}
      data-side={side}
      title={words}
      aria-label={words}
      onClick={() => onOpen(asset)}
    >
      {side === 'above' ? <IconChevronsLeft size={13} aria-hidden /> : null}
      {hidden}
      {side === 'below' ? <IconChevronsRight size={13} aria-hidden /> : null}
    </button>
  )
}

function noteOf(asset: string, summary: AssetSummary | undefined, facts: NodeFacts): string {
  const { upstream, columns } = facts
  if (columns) return columns.get(asset)?.join(', ') ?? ''
  if (summary && summary.health !== 'fresh') {
    const readers =
      summary.release === null ? 'nothing to read yet' : `readers see release ${summary.release}`
    return `${wordOf(summary.health)}: ${readers}`
  }
  const from = upstream.get(asset)
  if (from) return `from ${from}`
  const [delivery] = summary?.deliveries ?? []
  if (delivery === undefined) return summary?.release ? `release ${summary.release}` : ''
  const { connection, target } = deliveryTarget(delivery)
  return `to ${connection} ${target}`
}

const WORST_FIRST: readonly Health[] = ['failed', 'held', 'late']

function worstOf(
  assets: readonly string[],
  summaries: ReadonlyMap<string, AssetSummary>,
): Readonly<{ health: Health; count: number }> | null {
  for (const health of WORST_FIRST) {
    const found = assets.filter((asset) => summaries.get(asset)?.health === health).length
    if (found > 0) return { health, count: found }
  }
  return null
}
