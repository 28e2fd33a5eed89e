import { distance } from 'fastest-levenshtein'

/** What a search can find: `words` are looked through, the label first. */
export type Findable<T> = Readonly<{ hit: T; label: string; words: readonly string[] }>

const MOST_HITS = 20

/**
 * The best of `things` for `text`: names that are it or begin with it, then a word of the name that does, then the
 * name with it inside, then descriptions, then names spelled nearly so. Equal ones keep their order.
 */
export function rankHits<T>(text: string, things: readonly Findable<T>[]): readonly T[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  return things
    .flatMap((thing, position) => {
      const rank = rankOf(wanted, thing)
      return rank === null ? [] : [{ thing, rank, position }]
    })
    .sort((a, b) => a.rank - b.rank || a.thing.label.length - b.thing.label.length || a.position - b.position)
    .slice(0, MOST_HITS)
    .map(({ thing }) => thing.hit)
}

function rankOf<T>(wanted: string, { label, words }: Findable<T>): number | null {
  const name = label.toLowerCase()
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 1
  if (startsAWord(name, wanted)) return 2
  if (name.includes(wanted)) return 3
  const told = words.map((word) => word.toLowerCase())
  if (told.some((word) => word.startsWith(wanted) || startsAWord(word, wanted))) return 4
  if (told.some((word) => word.includes(wanted))) return 5
  return isNearly(name, wanted) ? 6 : null
}

const startsAWord = (name: string, wanted: string): boolean =>
  name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))

/** One slip in four letters; short texts are too near to everything. */
function isNearly(name: string, wanted: string): boolean {
  if (wanted.length < 3) return false
  const allowed = Math.max(1, Math.floor(wanted.length / 4))
  const parts = [name, ...name.split(/[^\p{L}\p{N}]+/u), ...name.split('.')]
  return parts.some(
    (part) => Math.abs(part.length - wanted.length) <= allowed && distance(part, wanted) <= allowed,
  )
}
