import type { AssetName } from '../domain/asset.js'
import type { Project } from '../domain/project.js'
import { nearest } from '../project/diagnostics/nearest.js'
import { appError } from './errors.js'

/**
 * The checks that `--accept` lets pass, by name or kind. Names are told apart by commas or blanks, and may have
 * some of their own (`unique:site,hour`): the longest that a check of `assets` has is meant.
 * @throws ACCEPT_UNKNOWN with the nearest name
 */
export function acceptedChecks(
  texts: readonly string[],
  project: Project,
  assets: readonly AssetName[],
): ReadonlySet<string> {
  const chosen = new Set(assets)
  const known = new Set(
    project.assets
      .filter(({ name }) => chosen.has(name))
      .flatMap(({ checks }) => checks.flatMap(({ name, kind }) => [name, kind])),
  )
  return new Set(texts.flatMap((text) => namesIn(text, known)))
}

function namesIn(text: string, known: ReadonlySet<string>): string[] {
  const words = [...text.matchAll(/[^\s,]+/g)]
  const names: string[] = []
  for (let from = 0; from < words.length; ) {
    const start = words[from]!.index
    const ends = words.slice(from).map((word) => word.index + word[0].length)
    const last = ends.findLastIndex((end) => known.has(text.slice(start, end)))
    const name = text.slice(start, ends[Math.max(last, 0)])
    if (last < 0) throw appError('ACCEPT_UNKNOWN', { name, nearest: nearest(name, known) })
    names.push(name)
    from += last + 1
  }
  return names
}
