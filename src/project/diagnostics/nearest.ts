import { distance } from 'fastest-levenshtein'

/** The known name most like `name`, letter case aside; null where none is like it. */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const steps = distance(wanted, candidate.toLowerCase())
    if (steps < least) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** A hint that names the nearest known name, or else lists what there is. */
export function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  const found = nearest(name, known)
  if (found !== null) return `Did you mean "${found}"?`
  return known.length === 0 ? otherwise : `${otherwise} Known: ${shortList(known)}.`.trimStart()
}

const LISTED = 12

/** Names in a sentence; a long list is cut. */
export function shortList(names: readonly string[]): string {
  const rest = names.length - LISTED
  return rest > 0 ? `${names.slice(0, LISTED).join(', ')} and ${rest} more` : names.join(', ')
}
