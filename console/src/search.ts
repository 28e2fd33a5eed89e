import type { RunStatus } from '../../src/domain/run.js'

// What stands behind the `?` of each page's address. What is not understood is left out, never an error: addresses
// are typed and shared.

type Raw = Readonly<Record<string, unknown>>

const text = (value: unknown): string | undefined => {
  const found = typeof value === 'number' ? String(value) : value
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Leaves out what is undefined, so that it stands in no address. */
function given<T extends Record<string, unknown>>(search: T): Partial<T> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** A search with a part changed; what becomes undefined leaves the address. */
export const withPart = <T extends object>(known: T, part: object): T =>
  given({ ...known, ...part } as Record<string, unknown>) as T

/** Filters of the catalogue, each left out where it filters nothing. */
export type AssetsSearch = Readonly<
  Partial<Record<'text' | 'health' | 'owner' | 'tag' | 'kind' | 'folder', string>>
>
export const assetsSearch = (raw: Raw): AssetsSearch =>
  given({
    text: text(raw.text),
    health: text(raw.health),
    owner: text(raw.owner),
    tag: text(raw.tag),
    kind: text(raw.kind),
    folder: text(raw.folder),
  })

/** `metric` and `range` of the metrics' chart, `view` and followed `column` of the lineage. */
export type AssetSearch = Readonly<{
  tab?: string
  metric?: string
  range?: string
  view?: 'list' | 'picture'
  column?: string
}>
export const assetSearch = (raw: Raw): AssetSearch =>
  given({
    tab: text(raw.tab),
    metric: text(raw.metric),
    range: text(raw.range),
    view: lineageView(raw.view),
    column: text(raw.column),
  })

/** `focus`: the asset in the middle. `open`: folders shown asset by asset, with commas between. */
export type LineageSearch = Readonly<{
  focus?: string
  open?: string
  view?: 'list' | 'picture'
  column?: string
}>
export const lineageSearch = (raw: Raw): LineageSearch =>
  given({
    focus: text(raw.focus),
    open: text(raw.open),
    view: lineageView(raw.view),
    column: text(raw.column),
  })

const lineageView = (value: unknown): 'list' | 'picture' | undefined =>
  value === 'list' || value === 'picture' ? value : undefined

const RUN_STATUSES: readonly RunStatus[] = ['running', 'done', 'failed', 'held', 'cancelled', 'abandoned']

export type RunsSearch = Readonly<{ status?: RunStatus; asset?: string }>
export const runsSearch = (raw: Raw): RunsSearch =>
  given({ status: RUN_STATUSES.find((status) => status === raw.status), asset: text(raw.asset) })

/** `asset`: the step that is opened. `level`: of the log's lines, the least to show. */
export type RunSearch = Readonly<{ asset?: string; level?: string }>
export const runSearch = (raw: Raw): RunSearch => given({ asset: text(raw.asset), level: text(raw.level) })

export type AlertsSearch = Readonly<{ states?: string; asset?: string; view?: 'silences' }>
export const alertsSearch = (raw: Raw): AlertsSearch =>
  given({
    states: text(raw.states),
    asset: text(raw.asset),
    view: raw.view === 'silences' ? ('silences' as const) : undefined,
  })

export type ReportSearch = Readonly<{ tenant?: string; period?: string }>
export const reportSearch = (raw: Raw): ReportSearch =>
  given({ tenant: text(raw.tenant), period: text(raw.period) })
