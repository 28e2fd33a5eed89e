import { type Graph, readersOf } from './order.js'

/** Everything the nodes read, directly or through others, themselves not counted unless on a cycle. */
export function ancestors(graph: Graph, nodes: Iterable<string>): Set<string> {
  return reach((node) => graph.get(node) ?? [], graph, nodes)
}

/** Everything that reads the nodes, directly or through others. */
export function descendants(graph: Graph, nodes: Iterable<string>): Set<string> {
  const readers = readersOf(graph)
  return reach((node) => readers.get(node) ?? [], graph, nodes)
}

function reach(next: (node: string) => readonly string[], graph: Graph, from: Iterable<string>): Set<string> {
  const seen = new Set<string>()
  const open = [...from]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const neighbour of next(node)) {
      if (seen.has(neighbour) || !graph.has(neighbour)) continue
      seen.add(neighbour)
      open.push(neighbour)
    }
  }
  return seen
}
