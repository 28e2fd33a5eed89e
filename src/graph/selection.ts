import { closest, distance } from 'fastest-levenshtein'
import type { Graph } from './order.js'
import { ancestors, descendants } from './reach.js'

export type Selection =
  | Readonly<{ ok: true; names: readonly string[] }>
  /** `term` found nothing; `nearest` is a term that would. */
  | Readonly<{ ok: false; term: string; nearest: string | null }>

export type Selectable = Readonly<{ graph: Graph; tags: ReadonlyMap<string, readonly string[]> }>

/**
 * The nodes an expression names, in the graph's order. Terms are separated by commas or spaces and add up:
 * a name (`marts.status`), a pattern (`staging.*`), a tag (`tag:daily`); a leading `+` adds everything a term
 * reads, a trailing `+` everything that reads it. A term that finds nothing is an error, never an empty answer.
 */
export function select(expression: string, { graph, tags }: Selectable): Selection {
  const chosen = new Set<string>()
  const terms = expression.split(/[\s,]+/).filter((term) => term !== '')
  if (terms.length === 0) return { ok: false, term: expression.trim(), nearest: null }
  for (const term of terms) {
    const found = expand(term, { graph, tags })
    if (found.length === 0) return { ok: false, term, nearest: nearestTerm(term, { graph, tags }) }
    for (const name of found) chosen.add(name)
  }
  return { ok: true, names: [...graph.keys()].filter((name) => chosen.has(name)) }
}

function expand(term: string, selectable: Selectable): string[] {
  const { core, upstream, downstream } = parts(term)
  const found = matches(core, selectable)
  return [
    ...found,
    ...(upstream ? ancestors(selectable.graph, found) : []),
    ...(downstream ? descendants(selectable.graph, found) : []),
  ]
}

function parts(term: string): { core: string; upstream: boolean; downstream: boolean } {
  const upstream = term.startsWith('+')
  const downstream = term.length > 1 && term.endsWith('+')
  return { core: term.slice(upstream ? 1 : 0, downstream ? -1 : undefined), upstream, downstream }
}

function matches(core: string, { graph, tags }: Selectable): string[] {
  const names = [...graph.keys()]
  if (core.startsWith('tag:')) {
    const tag = core.slice('tag:'.length)
    return names.filter((name) => tags.get(name)?.includes(tag))
  }
  const pattern = new RegExp(`^${core.split('*').map(escapePattern).join('.*')}$`, 'i')
  return names.filter((name) => pattern.test(name))
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function nearestTerm(term: string, { graph, tags }: Selectable): string | null {
  const { core, upstream, downstream } = parts(term)
  const known = core.startsWith('tag:')
    ? [...new Set([...tags.values()].flat())].map((tag) => `tag:${tag}`)
    : [...graph.keys(), ...new Set([...graph.keys()].map((name) => `${name.split('.')[0]}.*`))]
  if (known.length === 0) return null
  const nearest = closest(core, known)
  if (distance(core, nearest) > Math.max(3, core.length / 2)) return null
  return `${upstream ? '+' : ''}${nearest}${downstream ? '+' : ''}`
}
