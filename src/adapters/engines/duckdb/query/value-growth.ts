import { isGathering, isMaking } from './growing-calls.js'
import { calledIn, childrenOf, holds, isTree, partsOf, type Tree, textIn } from './parse-tree.js'

/** How many times a value may be in one that is made of it, over all subqueries of a statement. */
const MOST_TIMES = 32
/** The same where a value may be as large as memory allows: one gathered from rows, or grown in a recursion. */
const MOST_TIMES_GATHERED = 6

/** Give a value that holds all of what they are given. */
const JOINING: ReadonlySet<string> = new Set(
  `|| concat concat_ws format printf list_value list_pack array_value list_concat list_cat array_concat array_cat
  list_append list_prepend array_append array_prepend array_push_back array_push_front list_zip array_zip flatten
  struct_pack row map map_concat json_object json_array json_merge_patch`.split(/\s+/),
)
/** Take as long as their texts are long, times each other. */
const SQUARE: ReadonlySet<string> = new Set(['levenshtein', 'editdist3', 'damerau_levenshtein'])

/** `times`: how often a value of a table may be in one of this. `gathered`: the same of one as large as memory allows, 0 for none. */
type Growth = Readonly<{ times: number; gathered: number }>

const PLAIN: Growth = { times: 1, gathered: 0 }

/** What subqueries give that have a name. */
type Known = ReadonlyMap<string, Growth>

/**
 * Why a statement may not run for how often it joins values with themselves; null if it may. Values that are doubled
 * from subquery to subquery, or many times in one expression, grow beyond all limits within one step of the engine.
 */
export function overgrowth(tree: unknown): string | null {
  const { times, gathered } = growthOf(tree, new Map())
  if (times > MOST_TIMES)
    return `it joins values up to ${times} times over, and ${MOST_TIMES} is the most; join fewer columns, with a text between them or with concat_ws()`
  if (gathered > MOST_TIMES_GATHERED)
    return `it joins what it gathered up to ${gathered} times over, and ${MOST_TIMES_GATHERED} is the most`
  if (times > 1 && holds(tree, (node) => SQUARE.has(calledIn(node) ?? '')))
    return 'it compares letter by letter what it joined'
  return null
}

/** The most of all statements in a piece of the tree. */
function growthOf(value: unknown, known: Known): Growth {
  if (Array.isArray(value)) return mostOf(value.map((one) => growthOf(one, known)))
  if (!isTree(value)) return PLAIN
  const { cte_map: named, ...node } = value
  const inside = named === undefined ? known : knownWith(named, known)
  if (node.type === 'BASE_TABLE')
    return (node.schema_name === '' && known.get(lower(node.table_name))) || PLAIN
  if (node.type === 'RECURSIVE_CTE_NODE') return recursiveGrowth(node, inside)
  const below = mostOf(Object.values(node).map((part) => growthOf(part, inside)))
  return node.type === 'SELECT_NODE' ? selectGrowth(node, below) : below
}

function selectGrowth(node: Tree, below: Growth): Growth {
  const joined = Math.max(1, joinedIn(node))
  const times = joined * below.times
  const gathering = gatheringColumns(node)
  if (gathering.length === 0) return { times, gathered: joined * below.gathered }
  const joinedHere = Math.max(1, joinedIn({ ...node, select_list: gathering }))
  return { times, gathered: Math.max(joined * below.gathered, joinedHere * Math.max(1, below.gathered)) }
}

/** Each round reads what the one before gave: that may be of any size. */
function recursiveGrowth({ cte_name: name, left, right }: Tree, known: Known): Growth {
  const round = growthOf(right, new Map(known).set(lower(name), { times: 1, gathered: 1 }))
  return mostOf([growthOf(left, known), round])
}

const mostOf = (all: readonly Growth[]): Growth =>
  all.reduce(
    (most, { times, gathered }) => ({
      times: Math.max(most.times, times),
      gathered: Math.max(most.gathered, gathered),
    }),
    PLAIN,
  )

/** Columns of a SELECT that gather rows into one value themselves, or by the name of a column that does. */
function gatheringColumns({ select_list: list }: Tree): readonly Tree[] {
  const names = new Set<string>()
  const isOne = (node: Tree): boolean =>
    isGathering(calledIn(node) ?? '') || (node.class === 'COLUMN_REF' && names.has(soleName(node) ?? ''))
  return (Array.isArray(list) ? list.filter(isTree) : []).filter((column) => {
    if (!holds(column, isOne)) return false
    if (typeof column.alias === 'string') names.add(lower(column.alias))
    return true
  })
}

/** The named subqueries of a statement, of which each may read those before it. */
function knownWith(named: unknown, known: Known): Known {
  const all = new Map(known)
  const entries = isTree(named) && Array.isArray(named.map) ? named.map.filter(isTree) : []
  for (const { key, value } of entries) all.set(lower(key), growthOf(value, all))
  return all
}

/**
 * Columns that one SELECT joins. A column that it names and then joins again counts as often as it was joined: such
 * names stand for the whole expression.
 */
function joinedIn({ select_list: list, ...rest }: Tree): number {
  const aliases = new Map<string, number>()
  let joined = 0
  for (const column of Array.isArray(list) ? list.filter(isTree) : []) {
    const here = joinedBy(column, aliases)
    if (typeof column.alias === 'string' && column.alias !== '')
      aliases.set(lower(column.alias), Math.max(here, namedIn(column, aliases)))
    joined += here
  }
  return joined + joinedBy(rest, aliases)
}

function joinedBy(value: unknown, aliases: ReadonlyMap<string, number>): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + joinedBy(one, aliases), 0)
  // What a lambda may make is judged elsewhere.
  if (!isTree(value) || isStatement(value) || value.class === 'LAMBDA') return 0
  const called = calledIn(value) ?? ''
  if (called === '||') {
    const columns = columnsIn(value, aliases)
    // Each || of a chain makes all anew that stands before it. Of texts in rows that is little; lists may be long.
    return joinsTexts(value) ? columns : sumTo(columns)
  }
  return JOINING.has(called)
    ? columnsIn(value, aliases)
    : partsOf(value).reduce<number>((sum, part) => sum + joinedBy(part, aliases), 0)
}

/** A chain with a written out text in it is one of texts, unless that could be read as a list. */
function joinsTexts(value: unknown): boolean {
  const text = textIn(value)
  if (text !== null) return !/^\s*[[{]/.test(text)
  return isTree(value) && calledIn(value) === '||' && childrenOf(value).some(joinsTexts)
}

function columnsIn(value: unknown, aliases: ReadonlyMap<string, number>): number {
  if (!isTree(value) || value.class === 'LAMBDA') return 0
  if (isStatement(value)) return 1
  if (value.class === 'COLUMN_REF') return namedIn(value, aliases)
  const made = isMaking(calledIn(value) ?? '') ? 1 : 0
  return partsOf(value).reduce<number>((sum, part) => sum + columnsIn(part, aliases), made)
}

/** Two columns count twice, so that the usual `a || b` is nothing special. */
const sumTo = (columns: number): number => Math.max(columns, (columns * (columns + 1)) / 2 - 1)

/** What a name that stands alone is known to hold. */
const namedIn = (column: Tree, aliases: ReadonlyMap<string, number>): number =>
  aliases.get(soleName(column) ?? '') ?? 1

/** A column's name without its table's; null where it has one. */
const soleName = ({ column_names: names }: Tree): string | null =>
  Array.isArray(names) && names.length === 1 ? lower(names[0]) : null

const isStatement = ({ type }: Tree): boolean =>
  type === 'SELECT_NODE' || type === 'SET_OPERATION_NODE' || type === 'RECURSIVE_CTE_NODE'

const lower = (name: unknown): string => String(name).toLowerCase()
