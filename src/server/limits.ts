/** What one server serves at most. Durations in ms, sizes in bytes. */
export type Limits = Readonly<{
  bodyBytes: number
  /** Until a request's headers, and until all of it, must have come. */
  headersMs: number
  requestMs: number
  /** Connections without a request are closed after this. */
  idleMs: number
  /** An answer of which nothing is taken for so long is cut off: it would be held in memory. */
  unreadMs: number
  connections: number
  /** Event streams open at once. */
  streams: number
  /** Pause after which a silent stream sends a sign of life. */
  heartbeatMs: number
  /** Queries that run or wait for their turn. */
  queries: number
  /** Wrong tokens within a minute that are still looked at. */
  wrongTokens: number
}>

export const LIMITS: Limits = {
  bodyBytes: 1_000_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 65_000,
  unreadMs: 60_000,
  connections: 2_000,
  streams: 500,
  heartbeatMs: 15_000,
  queries: 200,
  wrongTokens: 60,
}
