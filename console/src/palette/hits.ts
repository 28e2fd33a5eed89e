import type { SearchHit } from '../../../src/app/api/shapes.js'

const PAGES: readonly SearchHit[] = [
  { kind: 'page', label: 'Overview', detail: 'Is everything all right', path: '/' },
  { kind: 'page', label: 'Assets', detail: 'All tables, with search and owners', path: '/assets' },
  { kind: 'page', label: 'Lineage', detail: 'Who reads whom in the whole project', path: '/lineage' },
  { kind: 'page', label: 'Runs', detail: 'What ran and what goes on', path: '/runs' },
  { kind: 'page', label: 'Alerts', detail: 'What needs somebody', path: '/alerts' },
  {
    kind: 'page',
    label: 'Silences',
    detail: 'What sends no messages for now',
    path: '/alerts?view=silences',
  },
  { kind: 'page', label: 'Reports', detail: 'What customers get', path: '/reports' },
]

/** Pages whose name has a word that begins with the text; all of them for no text. */
export function pagesFor(text: string): readonly SearchHit[] {
  const wanted = text.trim().toLowerCase()
  return PAGES.filter(({ label }) => label.toLowerCase().startsWith(wanted))
}

const GROUPS: readonly Readonly<{ kind: SearchHit['kind']; word: string }>[] = [
  { kind: 'page', word: 'Pages' },
  { kind: 'asset', word: 'Assets' },
  { kind: 'run', word: 'Runs' },
  { kind: 'alert', word: 'Alerts' },
  { kind: 'report', word: 'Reports' },
]

export type HitGroup = Readonly<{ kind: SearchHit['kind']; word: string; hits: readonly SearchHit[] }>

/** Hits by kind, each address once. The kind of the server's best hit stands first, so Enter opens what was meant. */
export function groupHits(hits: readonly SearchHit[]): readonly HitGroup[] {
  const once = [...new Map(hits.map((hit) => [hit.path, hit])).values()]
  const best = once[0]?.kind
  return [...GROUPS]
    .sort((a, b) => Number(b.kind === best) - Number(a.kind === best))
    .map((group) => ({ ...group, hits: once.filter(({ kind }) => kind === group.kind) }))
    .filter(({ hits: found }) => found.length > 0)
}
