import dagre from '@dagrejs/dagre'
import type { Drawing } from './drawing.js'

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 58

export type Place = Readonly<{ x: number; y: number }>

/** Upper left corners of all nodes, in px: left to right in the direction rows flow. The same drawing, the same places. */
export function layoutOf({ nodes, edges }: Drawing): ReadonlyMap<string, Place> {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 72, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT })
  for (const { from, to } of edges) graph.setEdge(from, to)
  dagre.layout(graph)
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id)
      return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }]
    }),
  )
}
