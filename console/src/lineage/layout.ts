import dagre from '@dagrejs/dagre'
import type { Drawing } from './drawing.js'

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 58

export type Place = Readonly<{ x: number; y: number }>

/** Upper left corners of nodes by id, what each edge passes through on its way, and the size of it all; in px. */
export type Layout = Readonly<{
  places: ReadonlyMap<string, Place>
  ways: ReadonlyMap<string, readonly Place[]>
  width: number
  height: number
}>

/** Left to right in the direction rows flow; edges go around nodes. The same drawing, the same places. */
export function layoutOf({ nodes, edges }: Drawing): Layout {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 72, edgesep: 12, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT })
  for (const { from, to } of edges) graph.setEdge(from, to)
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    places: new Map(
      nodes.map(({ id }) => {
        const { x = 0, y = 0 } = graph.node(id)
        return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }]
      }),
    ),
    // The ends are the nodes' own; only what lies between is dagre's to say.
    ways: new Map(
      edges.map(({ id, from, to }) => [
        id,
        (graph.edge(from, to)?.points ?? []).slice(1, -1).map(({ x, y }: Place) => ({ x, y })),
      ]),
    ),
    width: Math.max(0, width),
    height: Math.max(0, height),
  }
}

/** An SVG path through all points, level at each of them. */
export function smoothPath(points: readonly Place[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M${first.x},${first.y}`
  let before = first
  for (const point of rest) {
    const middle = (before.x + point.x) / 2
    path += `C${middle},${before.y} ${middle},${point.y} ${point.x},${point.y}`
    before = point
  }
  return path
}
