import type { Overview, Trouble } from '../../../src/app/api/shapes.js'
import { exact } from './numbers.js'
import { ago } from './time.js'

/** A piece of a sentence: words, a name set apart, or words that lead to a page. */
export type Piece = Readonly<{ text: string; mono?: boolean; to?: string }>

export type Sentence = Readonly<{ allRight: boolean; pieces: readonly Piece[] }>

/** More troubles than this are a number at the end: a sentence that is not read says nothing. */
const MOST_CLAUSES = 3

/**
 * How the project stands, in one sentence: "All 14 tables fresh. Release 812 went out 2 min ago." or "2 things need
 * you: …", each clause leading to what it speaks of.
 */
export function overviewSentence(overview: Overview, now: number): Sentence {
  const { troubles, assets } = overview
  if (troubles.length > 0) return { allRight: false, pieces: troubled(troubles) }
  if (assets.total === 0) return { allRight: true, pieces: [{ text: 'There are no assets yet.' }] }
  return { allRight: true, pieces: [...standing(assets), ...lastRelease(overview, now)] }
}

function standing({ total, fresh, never, late, held, failed }: Overview['assets']): Piece[] {
  const to = '/assets'
  if (fresh === total) {
    return [
      { text: total === 1 ? 'The one table is fresh' : `All ${exact(total)} tables fresh`, to },
      { text: '. ' },
    ]
  }
  if (never === total) return [{ text: 'Nothing is released yet', to }, { text: '. ' }]
  const rest = [
    [never, 'never released'],
    [late, 'late'],
    [held, 'held'],
    [failed, 'failed'],
  ] as const
  const words = rest.filter(([number]) => number > 0).map(([number, word]) => `${exact(number)} ${word}`)
  return [
    { text: `${exact(fresh)} of ${exact(total)} tables fresh`, to },
    { text: `, ${words.join(', ')}. ` },
  ]
}

function lastRelease({ lastRelease }: Overview, now: number): Piece[] {
  if (lastRelease === null) return []
  const { release, run, at } = lastRelease
  return [{ text: `Release ${release}`, to: `/runs/${run}` }, { text: ` went out ${ago(at, now)}.` }]
}

function troubled(troubles: readonly Trouble[]): Piece[] {
  const number = troubles.length
  const told = troubles.slice(0, MOST_CLAUSES)
  const rest = number - told.length
  return [
    { text: number === 1 ? 'One thing needs you: ' : `${exact(number)} things need you: ` },
    ...told.flatMap((trouble, index): Piece[] => [
      ...(index === 0 ? [] : [{ text: '; ' }]),
      ...clause(trouble),
    ]),
    ...(rest > 0 ? [{ text: `; and ${exact(rest)} more` }] : []),
    { text: '.' },
  ]
}

function clause(trouble: Trouble): Piece[] {
  const { kind, asset } = trouble
  const to = troublePath(trouble)
  const words = clauseWords(trouble)
  if (asset === null) return [{ text: words, to }]
  const text = words.startsWith(asset) ? words.slice(asset.length) : ` ${words}`
  if (kind === 'delivery')
    return [
      { text: 'the delivery of ', to },
      { text: asset, mono: true, to },
      { text, to },
    ]
  return [
    { text: asset, mono: true, to },
    { text, to },
  ]
}

/** What is said after the name of the asset. */
function clauseWords({ kind, asset, text }: Trouble): string {
  switch (kind) {
    case 'held':
      return `is held: ${firstPart(text)}`
    case 'failed':
      return 'failed'
    case 'late':
      return `is ${firstPart(text)}`
    case 'delivery':
      return 'waits'
    case 'project':
      return 'the project on disk cannot be run'
    case 'report':
    case 'alert':
      return asset !== null && !text.startsWith(asset) ? `: ${firstPart(text)}` : firstPart(text)
  }
}

/** Up to the first semicolon or full stop that ends a sentence, with a small letter at its start. */
function firstPart(text: string): string {
  const [part = ''] = text.split(/;\s|\.\s|\.$/)
  return /^[A-Z][a-z]/.test(part) ? part.charAt(0).toLowerCase() + part.slice(1) : part
}

/** Where a trouble is looked into: its alert tells its life; else the step that broke; else the asset. */
export function troublePath({ run, asset, alert, kind }: Trouble): string {
  if ((kind === 'held' || kind === 'failed') && run !== null) {
    return `/runs/${run}${asset === null ? '' : `?asset=${encodeURIComponent(asset)}`}`
  }
  if (alert !== null) return `/alerts/${alert}`
  if (asset !== null) return `/assets/${encodeURIComponent(asset)}`
  return run === null ? '/' : `/runs/${run}`
}
