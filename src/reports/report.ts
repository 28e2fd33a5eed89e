import type { AssetName } from '../domain/asset.js'
import type { Location } from '../domain/diagnostic.js'
import type { PeriodUnit } from '../domain/report.js'
import type { SourceText } from '../project/files/source-text.js'
import type { Format } from './value-format.js'

/** A value from the first row of a query's result. */
export type ColumnValue = Readonly<{
  kind: 'column'
  query: string
  column: string
  /** Null: as its type is usually written. */
  format: Format | null
  at: Location
}>

export const PERIOD_FIELDS = ['label', 'name', 'dates', 'start', 'end', 'year'] as const
export const TENANT_FIELDS = ['id', 'name'] as const

/** A value put into text by `{{ … }}`. */
export type Value =
  | ColumnValue
  | Readonly<{ kind: 'period'; field: (typeof PERIOD_FIELDS)[number]; format: Format | null }>
  | Readonly<{ kind: 'tenant'; field: (typeof TENANT_FIELDS)[number] }>

/** Text with values in it. */
export type TextTemplate = readonly (string | Value)[]

/** One ```sql NAME block. */
export type Query = Readonly<{
  name: string
  sql: string
  /** Where the statement begins in the file. */
  start: number
  at: Location
  /** Assets it reads, and earlier queries. */
  assets: readonly Readonly<{ asset: AssetName; at: Location }>[]
  queries: readonly string[]
  parameters: readonly string[]
}>

export type ColumnName = Readonly<{ value: string; at: Location }>

export type ChartBlock = Readonly<{
  kind: 'chart'
  chart: 'line' | 'bar'
  query: string
  x: ColumnName
  y: readonly ColumnName[]
  /** Splits one `y` into a line for each of its values. */
  series: ColumnName | null
  title: TextTemplate
  caption: TextTemplate | null
  unit: string
  format: Format | null
  formatAt: Location | null
  at: Location
}>

export type TableColumn = Readonly<{
  column: ColumnName
  label: string | null
  format: Format | null
}>

export type TableBlock = Readonly<{
  kind: 'table'
  query: string
  title: TextTemplate | null
  /** Empty: every column of the result. */
  columns: readonly TableColumn[]
  limit: number
  empty: string | null
  at: Location
}>

/** Which way is good. */
export type Better = 'higher' | 'lower' | 'neither'

export type BigNumber = Readonly<{
  column: ColumnName
  label: string
  format: Format | null
  /** The same number of the period before, to compare with. */
  previous: ColumnName | null
  better: Better
}>

export type NumbersBlock = Readonly<{
  kind: 'value'
  query: string
  numbers: readonly BigNumber[]
  at: Location
}>

export type Block = ChartBlock | TableBlock | NumbersBlock

/** A report as its file says. Plain values; nothing of it was run. */
export type Report = Readonly<{
  name: string
  file: string
  source: SourceText
  title: TextTemplate
  /** Who sends it; empty where it does not say. */
  from: string
  forEachTenant: boolean
  period: PeriodUnit
  /** Cron pattern, in the project's time zone. */
  schedule: string | null
  /** BCP 47, or the first row of a query. */
  locale: string | ColumnValue
  /** The customer's name as they write it; the id where there is none. */
  tenantName: ColumnValue | null
  /** Assets everybody may see all of. */
  shared: readonly Readonly<{ asset: AssetName; at: Location }>[]
  queries: readonly Query[]
  blocks: readonly Block[]
  /** Markdown as HTML, with marks where values and blocks go. */
  html: string
  values: readonly Value[]
  /** Changes when the file does. */
  digest: string
}>

/** Assets a report reads, sorted. */
export const assetsOf = ({ queries }: Pick<Report, 'queries'>): AssetName[] =>
  [...new Set(queries.flatMap(({ assets }) => assets.map(({ asset }) => asset)))].sort()
