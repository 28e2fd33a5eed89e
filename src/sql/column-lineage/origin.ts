import type { AssetName } from '../../domain/asset.js'

export type ColumnSource = Readonly<{ asset: AssetName; column: string }>

/**
 * Where the values of a column come from. `same`: unchanged from the column named, or from one of those named.
 * `computed`: from all of them together; from none where rows are only counted or the value is constant.
 * `unknown`: the statement's text does not tell; those named are certain, others may be missing.
 */
export type Origin = Readonly<{ kind: 'same' | 'computed' | 'unknown'; from: readonly ColumnSource[] }>

export const UNKNOWN: Origin = { kind: 'unknown', from: [] }
export const CONSTANT: Origin = { kind: 'computed', from: [] }

/** A value made of others. */
export const computedFrom = (origins: readonly Origin[]): Origin => ({
  kind: origins.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'computed',
  from: distinct(origins),
})

/** A value that is one of others: columns of a union, a column both sides of a join share. */
export function oneOf(origins: readonly Origin[]): Origin {
  if (origins.every(({ kind }) => kind === 'same')) return { kind: 'same', from: distinct(origins) }
  return computedFrom(origins)
}

function distinct(origins: readonly Origin[]): ColumnSource[] {
  const found = new Map<string, ColumnSource>()
  for (const { from } of origins)
    for (const source of from) found.set(`${source.asset} ${source.column}`, source)
  return [...found.values()]
}
