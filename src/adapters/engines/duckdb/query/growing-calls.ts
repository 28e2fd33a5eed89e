import { childrenOf, isTree, type Tree, textIn } from './parse-tree.js'

/** Longest text or list that one call may make out of nothing. */
const MOST_CHARACTERS = 1_000
const MOST_ELEMENTS = 1_000
/** Longest text that may be put in many places of another. */
const MOST_INSERTED = 100
/** Parts of one document that one call may take out. */
const MOST_PATHS = 32

type SizeRule = Readonly<{ at: number; most: number }>

/** Where the size of the result stands among the arguments of functions that make as much as they are told. */
const SIZE_ARGUMENT: Readonly<Record<string, SizeRule>> = {
  lpad: { at: 1, most: MOST_CHARACTERS },
  rpad: { at: 1, most: MOST_CHARACTERS },
  bitstring: { at: 1, most: MOST_CHARACTERS },
  list_resize: { at: 1, most: MOST_ELEMENTS },
  array_resize: { at: 1, most: MOST_ELEMENTS },
}
/** Where the text stands that functions put in as often as something is found. */
const INSERTED_ARGUMENT: Readonly<Record<string, number>> = {
  replace: 2,
  regexp_replace: 2,
  array_to_string: 1,
  list_to_string: 1,
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

export const isGathering = (name: string): boolean => GATHERING.has(name)
/** Makes a value out of nothing, of a size that its arguments say. */
export const isMaking = (name: string): boolean => name === 'repeat' || name in SIZE_ARGUMENT

/**
 * A call whose result could fill the machine's memory; null if there is none. The engine cannot be interrupted within
 * one step, and its own limit does not see lists, so the size of what a step makes has to be written out and small.
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
  const given = childrenOf(node)
  if (node.class === 'WINDOW')
    return GATHERING.has(name)
      ? `${name}() over rows gathers them again for each row; group by instead`
      : null
  return node.class === 'FUNCTION' ? refusedFunction(name, given) : null
}

function refusedFunction(name: string, given: readonly unknown[]): string | null {
  const size = SIZE_ARGUMENT[name]
  if (size !== undefined && !(numberIn(given[size.at]) <= size.most))
    return `${name}() needs a size written out, at most ${size.most}`
  if (
    name === 'repeat' &&
    !((textIn(given[0])?.length ?? Number.NaN) * numberIn(given[1]) <= MOST_CHARACTERS)
  )
    return `repeat() needs a text and a number written out that make at most ${MOST_CHARACTERS} characters`
  const inserted = INSERTED_ARGUMENT[name]
  if (inserted !== undefined && !((textIn(given[inserted])?.length ?? Number.NaN) <= MOST_INSERTED))
    return `${name}() needs the text that it puts in written out, at most ${MOST_INSERTED} characters`
  if (LISTS.has(name) && !(elementsOf(given) <= MOST_ELEMENTS))
    return `${name}() needs numbers written out and at most ${MOST_ELEMENTS} elements; in FROM it has no limit`
  if (TEMPLATES.has(name) && !isPlainTemplate(given[0]))
    return `${name}() needs a template written out, without widths beyond 4 digits`
  if (name.startsWith('json_extract') && childrenOf(given[1]).length > MOST_PATHS)
    return `${name}() takes at most ${MOST_PATHS} paths at once`
  if (name === 'list_select' || name === 'array_select')
    return `${name}() can take one element many times; unnest() and join instead`
  return null
}

/** NaN where it is not written out: no comparison with it is true. */
function numberIn(node: unknown): number {
  if (!isTree(node)) return Number.NaN
  const [inner] = childrenOf(node)
  if (node.function_name === '-') return -numberIn(inner)
  return isTree(node.value) && typeof node.value.value === 'number' ? node.value.value : Number.NaN
}

function elementsOf(given: readonly unknown[]): number {
  const [first = Number.NaN, second, third = 1] = given.map(numberIn)
  const [start, end] = second === undefined ? [0, first] : [first, second]
  return Math.abs((end - start) / third)
}

function isPlainTemplate(node: unknown): boolean {
  const text = textIn(node)
  return text !== null && !/\d{5}|\{[^}]*\{|\*/.test(text)
}
