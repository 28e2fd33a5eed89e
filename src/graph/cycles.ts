import type { Graph } from './order.js'

/**
 * One shortest cycle for each knot of nodes that read each other, as a path that ends where it began:
 * `[a, b, a]`. Paths go from a reader to what it reads and begin with the smallest name; sorted by it.
 */
export function findCycles(graph: Graph): string[][] {
  return knots(graph)
    .map((knot) => shortestCycle(graph, knot))
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

/** Strongly connected components that hold a cycle. Iterative: a chain of thousands must not end the stack. */
function knots(graph: Graph): Set<string>[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const found: Set<string>[] = []
  const open = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    stack.push(node)
    onStack.add(node)
    return { node, inputs: inputsOf(graph, node), next: 0 }
  }
  for (const root of graph.keys()) {
    if (index.has(root)) continue
    const path = [open(root)]
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const input = frame.inputs[frame.next++]
      if (input === undefined) {
        path.pop()
        const parent = path.at(-1)
        if (parent) lower(low, parent.node, low.get(frame.node))
        if (low.get(frame.node) === index.get(frame.node)) found.push(close(stack, onStack, frame.node))
      } else if (!index.has(input)) path.push(open(input))
      else if (onStack.has(input)) lower(low, frame.node, index.get(input))
    }
  }
  return found.filter((knot) =>
    [...knot].some((node) => knot.size > 1 || inputsOf(graph, node).includes(node)),
  )
}

function close(stack: string[], onStack: Set<string>, root: string): Set<string> {
  const knot = new Set<string>()
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    onStack.delete(node)
    knot.add(node)
    if (node === root) break
  }
  return knot
}

function lower(low: Map<string, number>, node: string, value: number | undefined): void {
  low.set(node, Math.min(low.get(node) ?? Infinity, value ?? Infinity))
}

/** Starts tried in one knot; more would cost time to save a reader a step or two. */
const STARTS_TRIED = 50

function shortestCycle(graph: Graph, knot: ReadonlySet<string>): string[] {
  const cycles = [...knot]
    .sort()
    .slice(0, STARTS_TRIED)
    .map((start) => cycleThrough(graph, knot, start))
  const shortest = Math.min(...cycles.map((cycle) => cycle.length))
  return cycles.find((cycle) => cycle.length === shortest) ?? []
}

/** Breadth first from `start` back to itself, inside the knot. */
function cycleThrough(graph: Graph, knot: ReadonlySet<string>, start: string): string[] {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const node of queue) {
    for (const input of inputsOf(graph, node)) {
      if (input === start) return [...pathTo(cameFrom, start, node), start]
      if (!knot.has(input) || cameFrom.has(input)) continue
      cameFrom.set(input, node)
      queue.push(input)
    }
  }
  return [start]
}

function pathTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const path = [end]
  for (let node = end; node !== start; ) {
    node = cameFrom.get(node) ?? start
    path.unshift(node)
  }
  return path
}

const inputsOf = (graph: Graph, node: string): string[] =>
  (graph.get(node) ?? []).filter((input) => graph.has(input))
