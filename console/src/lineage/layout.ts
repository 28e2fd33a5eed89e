import dagre from '@dagrejs/dagre'
import type { Drawing, DrawnEdge } from './drawing.js'
import { pack } from './pack.js'

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
export function layoutOf(drawing: Drawing): Layout {
  const parts = partsOf(drawing).map(layoutOfPart)
  const { corners, width, height } = pack(parts, 24)
  const places = new Map<string, Place>()
  const ways = new Map<string, readonly Place[]>()
  for (const [index, part] of parts.entries()) {
    const move = ({ x, y }: Place): Place => ({ x: x + corners[index]!.x, y: y + corners[index]!.y })
    for (const [id, place] of part.places) places.set(id, move(place))
    for (const [id, way] of part.ways) ways.set(id, way.map(move))
  }
  return { places, ways, width, height }
}

/** What is connected, each by itself: side by side they take far less room than in one long column. */
function partsOf({ nodes, edges }: Drawing): readonly Drawing[] {
  const partOf = new Map(nodes.map(({ id }) => [id, id]))
  const rootOf = (id: string): string => {
    const above = partOf.get(id) ?? id
    if (above === id) return id
    const root = rootOf(above)
    partOf.set(id, root)
    return root
  }
  for (const { from, to } of edges) partOf.set(rootOf(from), rootOf(to))
  const parts = new Map<string, { nodes: Drawing['nodes'][number][]; edges: DrawnEdge[] }>()
  for (const node of nodes) {
    const root = rootOf(node.id)
    const part = parts.get(root)
    if (part) part.nodes.push(node)
    else parts.set(root, { nodes: [node], edges: [] })
  }
  for (const edge of edges) parts.get(rootOf(edge.from))?.edges.push(edge)
  return [...parts.values()]
}

function layoutOfPart({ nodes, edges }: Drawing): Layout {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 72, edgesep: 12 })
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
    ways: new Map(edges.map(({ id, from, to }) => [id, between(graph.edge(from, to)?.points ?? [])])),
    width: Math.max(0, width),
    height: Math.max(0, height),
  }
}

/**
 * Where an edge crosses the columns of nodes between its ends. dagre gives its ends, a point in each gap and a point
 * in each column; only the last matter, and the edge stays level along the whole width of the column.
 */
const between = (points: readonly Place[]): readonly Place[] =>
  points
    .slice(1, -1)
    .filter((_, index) => index % 2 === 1)
    .flatMap(({ x, y }) => [
      { x: x - NODE_WIDTH / 2, y },
      { x: x + NODE_WIDTH / 2, y },
    ])

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
