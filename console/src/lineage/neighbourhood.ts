import type { LineageNode } from '../../../src/app/project-lineage.js'

export type Graph = ReadonlyMap<string, LineageNode>

export const graphOf = (nodes: readonly LineageNode[]): Graph =>
  new Map(nodes.map((node) => [node.asset, node]))

/** Where an asset stands to the one in the middle: hops up (below 0) or down (above 0), 0 for itself. */
export type Hops = ReadonlyMap<string, number>

/** Which assets were opened beyond the first hops. */
export type Opened = ReadonlySet<string>

/**
 * Everything at most `depth` hops above and below `focus`, and one hop further at each opened asset. An asset on both
 * sides (a cycle cannot be, but a name twice could) keeps the side it was met on first, upstream before downstream.
 */
export function neighbourhood(graph: Graph, focus: string, depth: number, opened: Opened): Hops {
  const hops = new Map<string, number>([[focus, 0]])
  walk(graph, focus, -1, depth, opened, hops)
  walk(graph, focus, 1, depth, opened, hops)
  return hops
}

function walk(
  graph: Graph,
  focus: string,
  direction: -1 | 1,
  depth: number,
  opened: Opened,
  hops: Map<string, number>,
): void {
  let edge = [focus]
  for (let hop = 1; edge.length > 0; hop++) {
    const next: string[] = []
    for (const asset of edge) {
      if (hop > depth && !opened.has(asset)) continue
      for (const other of neighbours(graph, asset, direction)) {
        if (hops.has(other)) continue
        hops.set(other, hop * direction)
        next.push(other)
      }
    }
    edge = next
  }
}

/** What an asset reads (-1) or what reads it (1), as far as the graph knows it. */
export function neighbours(graph: Graph, asset: string, direction: -1 | 1): readonly string[] {
  const node = graph.get(asset)
  if (!node) return []
  return (direction === -1 ? node.inputs : node.readers).filter((other) => graph.has(other))
}

/** How many neighbours outward of an asset are not shown: what its "+3" would open. */
export function hiddenBeyond(graph: Graph, asset: string, direction: -1 | 1, shown: Hops): number {
  return neighbours(graph, asset, direction).filter((other) => !shown.has(other)).length
}

/** Where rows of sources come from, by asset. */
export const upstreamOf = (graph: Graph): ReadonlyMap<string, string> =>
  new Map(
    [...graph.values()].flatMap(({ asset, upstream }) => (upstream ? [[asset, upstream] as const] : [])),
  )
