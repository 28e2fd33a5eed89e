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

/** Nodes that `node` leads to in at most `hops` steps along the graph's own direction, itself not counted. */
export function within(graph: Graph, node: string, hops: number): Set<string> {
  const seen = new Set<string>()
  let edge = [node]
  for (let hop = 0; hop < hops && edge.length > 0; hop++) {
    const next = edge.flatMap((from) => graph.get(from) ?? []).filter((to) => graph.has(to) && !seen.has(to))
    for (const to of next) seen.add(to)
    edge = [...new Set(next)]
  }
  seen.delete(node)
  return seen
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
