import type { Json } from '../../base/json.js'
import type { Column } from '../../domain/column.js'

export type QueryResult = Readonly<{
  columns: readonly Column[]
  /** JSON-safe values: BIGINT beyond 2^53 and DECIMAL as text, times as ISO 8601, NaN and infinities as text. */
  rows: readonly (readonly Json[])[]
  /** True where `maxRows` cut the result. */
  truncated: boolean
}>
