import type { Lineage, LineageNode } from '../../app/project-lineage.js'
import { alignTable, type Terminal } from './terminal.js'

/** Top down: each asset with what it reads and where it goes, then the columns of the one asked for. */
export function lineageLines(lineage: Lineage, terminal: Terminal): string[] {
  const focus = lineage.nodes.find(({ asset }) => asset === lineage.focus)
  return [...treeLines(lineage, terminal), ...(focus ? columnLines(focus, lineage.nodes, terminal) : [])]
}

/** Indented by depth. */
function treeLines({ nodes, focus }: Lineage, { paint }: Terminal): string[] {
  const depth = new Map<string, number>()
  return nodes.map((node) => {
    const level = Math.max(-1, ...node.inputs.map((input) => depth.get(input) ?? -1)) + 1
    depth.set(node.asset, level)
    const name = node.asset === focus ? paint.inverse(node.asset) : paint.bold(node.asset)
    return `${'  '.repeat(level)}${name}${paint.dim(edges(node))}`
  })
}

function edges({ inputs, upstream, deliveries }: LineageNode): string {
  const from = upstream ?? inputs.join(', ')
  const to = deliveries.map((delivery) => delivery.slice(delivery.indexOf('>') + 1)).join(', ')
  return `${from ? `  ← ${from}` : ''}${to ? `  → ${to}` : ''}`
}

/** Each column with what its values are made of, and what is made of them. */
function columnLines(
  { asset, columns }: LineageNode,
  nodes: readonly LineageNode[],
  { paint }: Terminal,
): string[] {
  if (columns.length === 0) return []
  const rows = columns.map(({ column, type, kind, from }) => {
    const sources = from.map((source) => `${source.asset}.${source.column}`)
    const uses = usesOf(asset, column, nodes)
    return [
      `  ${paint.bold(column)}`,
      paint.dim(type ?? ''),
      kind,
      sources.length > 0 ? `← ${sources.join(', ')}` : '',
      uses.length > 0 ? `→ ${uses.join(', ')}` : '',
    ]
  })
  return ['', `Columns of ${asset}`, ...alignTable(rows)]
}

const usesOf = (asset: string, column: string, nodes: readonly LineageNode[]): string[] =>
  nodes.flatMap((node) =>
    node.columns
      .filter(({ from }) => from.some((source) => source.asset === asset && source.column === column))
      .map((use) => `${node.asset}.${use.column}`),
  )
