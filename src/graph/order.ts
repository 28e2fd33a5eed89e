/** For each node the nodes it reads. Names that are no nodes themselves are ignored. */
export type Graph = ReadonlyMap<string, readonly string[]>

/**
 * Nodes after everything they read. Among nodes that could come next, the graph's own order decides, so equal
 * graphs give equal orders. Nodes on a cycle, and what reads them, are left out: see `findCycles`.
 */
export function dependencyOrder(graph: Graph): string[] {
  return layers(graph).flat()
}

/** Nodes in layers: each reads only nodes of layers before its own, and at least one of the layer just before. */
export function layers(graph: Graph): string[][] {
  const waiting = new Map<string, number>()
  const readers = readersOf(graph)
  for (const [node, inputs] of graph) waiting.set(node, distinctInputs(graph, inputs).length)
  const position = new Map([...graph.keys()].map((node, index) => [node, index]))
  const result: string[][] = []
  let ready = [...graph.keys()].filter((node) => waiting.get(node) === 0)
  while (ready.length > 0) {
    result.push(ready)
    const next: string[] = []
    for (const node of ready) {
      for (const reader of readers.get(node) ?? []) {
        const left = (waiting.get(reader) ?? 0) - 1
        waiting.set(reader, left)
        if (left === 0) next.push(reader)
      }
    }
    ready = next.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))
  }
  return result
}

/** The graph turned round: for each node those that read it. */
export function readersOf(graph: Graph): Map<string, string[]> {
  const readers = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]))
  for (const [node, inputs] of graph) {
    for (const input of distinctInputs(graph, inputs)) readers.get(input)?.push(node)
  }
  return readers
}

const distinctInputs = (graph: Graph, inputs: readonly string[]): string[] =>
  [...new Set(inputs)].filter((input) => graph.has(input))
