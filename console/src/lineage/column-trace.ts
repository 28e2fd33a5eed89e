import type { LineageColumn } from '../../../src/app/lineage-columns.js'
import type { Graph } from './neighbourhood.js'

/** Everything one column comes from and goes into. */
export type ColumnTrace = Readonly<{
  /** Hops to the column's asset: below 0 what it comes from, above 0 what it goes into. */
  hops: ReadonlyMap<string, number>
  /** Columns that take part, by asset. */
  columns: ReadonlyMap<string, readonly LineageColumn[]>
  /** `from→to` between assets. */
  edges: ReadonlySet<string>
  /** Somewhere on the way the code does not tell what a column is made of. */
  uncertain: boolean
}>

type Step = Readonly<{ asset: string; column: string; hops: number }>

/** Follows a column up to where it comes from outside and down to whatever is made of it. */
export function columnTrace(graph: Graph, asset: string, column: string): ColumnTrace {
  const hops = new Map<string, number>()
  const columns = new Map<string, LineageColumn[]>()
  const edges = new Set<string>()
  const seen = new Set<string>()
  const visit = (step: Step): LineageColumn | null => {
    const key = JSON.stringify([step.asset, step.column])
    const found = columnOf(graph, step.asset, step.column)
    if (!found) return null
    hops.set(step.asset, hops.get(step.asset) ?? step.hops)
    if (!seen.has(key)) columns.set(step.asset, [...(columns.get(step.asset) ?? []), found])
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew ? found : null
  }
  const up = (step: Step): void => {
    const found = visit(step)
    for (const source of found?.from ?? []) {
      edges.add(`${source.asset}→${step.asset}`)
      up({ ...source, hops: step.hops - 1 })
    }
  }
  const down = (step: Step): void => {
    for (const reader of graph.get(step.asset)?.readers ?? []) {
      for (const made of graph.get(reader)?.columns ?? []) {
        if (!made.from.some((from) => from.asset === step.asset && from.column === step.column)) continue
        edges.add(`${step.asset}→${reader}`)
        const next = { asset: reader, column: made.column, hops: step.hops + 1 }
        if (visit(next)) down(next)
      }
    }
  }
  const start = { asset, column, hops: 0 }
  up(start)
  down(start)
  const uncertain = [...columns.values()].some((list) => list.some(({ kind }) => kind === 'unknown'))
  return { hops, columns, edges, uncertain }
}

const columnOf = (graph: Graph, asset: string, column: string): LineageColumn | null =>
  graph.get(asset)?.columns.find((one) => one.column === column) ?? null

/** "the same as people_in of staging.door_counts", "computed from …". */
export function originWords({ kind, from }: LineageColumn): string {
  const names = from.map((source) => `${source.column} of ${source.asset}`)
  switch (kind) {
    case 'source':
      return 'comes from outside'
    case 'same':
      return names.length === 1 ? `the same as ${names[0]}` : `the same as one of ${listed(names)}`
    case 'computed':
      return names.length === 0 ? 'computed from no column' : `computed from ${listed(names)}`
    case 'unknown':
      return names.length === 0
        ? 'made by code, which does not tell from what'
        : `from ${listed(names)} and maybe others`
  }
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
