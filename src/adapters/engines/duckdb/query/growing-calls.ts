/** Longest text or list that one call may make out of nothing. */
const MOST_CHARACTERS = 10_000
const MOST_ELEMENTS = 100_000

/** Where the size of the result stands among the arguments of functions that make as much as they are told. */
const SIZE_ARGUMENT: Readonly<Record<string, number>> = {
  repeat: 1,
  lpad: 1,
  rpad: 1,
  bitstring: 1,
  list_resize: 1,
  array_resize: 1,
}
const LISTS: ReadonlySet<string> = new Set(['range', 'generate_series'])
const TEMPLATES: ReadonlySet<string> = new Set(['format', 'printf'])
/** As a window each row holds a list of all rows before it. */
const GATHERING: ReadonlySet<string> = new Set([
  'list',
  'array_agg',
  'string_agg',
  'group_concat',
  'listagg',
  'histogram',
  'map',
])

type Tree = Readonly<Record<string, unknown>>

/**
 * A call whose result could fill the machine's memory; null if there is none. The engine's own limit does not see
 * values that a single step makes, and cannot interrupt it, so their size has to be written out and small.
 */
export function growingCall(tree: unknown): string | null {
  if (Array.isArray(tree)) return firstOf(tree)
  if (!isTree(tree)) return null
  if (tree.type === 'TABLE_FUNCTION' && isTree(tree.function)) {
    // `range` as a table hands its rows on one by one.
    const { function: called, ...rest } = tree
    return firstOf([(called as Tree).children, ...Object.values(rest)])
  }
  return refusedNode(tree) ?? firstOf(Object.values(tree))
}

function firstOf(trees: readonly unknown[]): string | null {
  for (const tree of trees) {
    const found = growingCall(tree)
    if (found !== null) return found
  }
  return null
}

function refusedNode(node: Tree): string | null {
  const name = typeof node.function_name === 'string' ? node.function_name.toLowerCase() : ''
  const given = Array.isArray(node.children) ? node.children : []
  if (node.class === 'WINDOW')
    return GATHERING.has(name)
      ? `${name}() over rows gathers them again for each row; group by instead`
      : null
  if (node.class !== 'FUNCTION') return null
  const at = SIZE_ARGUMENT[name]
  if (at !== undefined && !(numberIn(given[at]) <= MOST_CHARACTERS))
    return `${name}() needs a size written out, at most ${MOST_CHARACTERS}`
  if (LISTS.has(name) && !(elementsOf(given) <= MOST_ELEMENTS))
    return `${name}() needs numbers written out and at most ${MOST_ELEMENTS} elements; in FROM it has no limit`
  if (TEMPLATES.has(name) && !isPlainTemplate(given[0]))
    return `${name}() needs a template written out, without widths beyond 4 digits`
  return null
}

/** NaN where it is not written out: no comparison with it is true. */
function numberIn(node: unknown): number {
  if (!isTree(node)) return Number.NaN
  const [inner] = Array.isArray(node.children) ? node.children : []
  if (node.function_name === '-') return -numberIn(inner)
  return isTree(node.value) && typeof node.value.value === 'number' ? node.value.value : Number.NaN
}

function elementsOf(given: readonly unknown[]): number {
  const [first = Number.NaN, second, third = 1] = given.map(numberIn)
  const [start, end] = second === undefined ? [0, first] : [first, second]
  return Math.abs((end - start) / third)
}

function isPlainTemplate(node: unknown): boolean {
  const text = isTree(node) && isTree(node.value) ? node.value.value : null
  return typeof text === 'string' && !/\d{5}|\{[^}]*\{|\*/.test(text)
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null
