import { type LinkedSignal, linkSignals } from '../../../../base/link-signals.js'
import { engineError } from '../../errors.js'
import type { Connections } from '../connection/connections.js'

const LOOK_EVERY_MS = 25
const MIB = 2 ** 20
const LEAST_BYTES = 256 * MIB
const MOST_BYTES = 1024 * MIB

/** What queries may take of an engine's memory, all of them together. */
export const queryBytes = (memoryLimitBytes: number): number =>
  Math.max(LEAST_BYTES, Math.min(MOST_BYTES, memoryLimitBytes / 4))

/** Pages of the warehouse itself: given up when room is needed, so nobody's memory. */
const CACHED = `select coalesce(sum(memory_usage_bytes), 0)::DOUBLE from duckdb_memory() where tag in ('BASE_TABLE', 'METADATA')`

/** What the process holds, and how much of it is such a cache. */
export type MemoryGauge = Readonly<{ residentBytes: () => number; cachedBytes: () => Promise<number> }>

export const engineGauge = (monitors: Connections): MemoryGauge => ({
  residentBytes: () => process.memoryUsage.rss(),
  cachedBytes: () =>
    monitors.use(async (connection) => {
      const [row] = await (await connection.run(CACHED)).getRowsJson()
      return Number(row?.[0] ?? 0)
    }),
})

/**
 * Ends queries before they take memory from everything else. The engine's own limit is the whole process's and does
 * not count all that a statement makes, so the process is looked at: a query is stopped when the process has grown by
 * more than the share of all queries since it began. What grows may be another query or a run; a query gives way.
 */
export class MemoryShare {
  constructor(
    private readonly gauge: MemoryGauge,
    readonly bytes: number,
  ) {}

  /** `work` is given a signal that is aborted when it has to stop. @throws ENGINE_QUERY_TOO_HEAVY */
  async within<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limited = linkSignals(signal)
    const look = this.watch(limited)
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    try {
      return await work(limited.signal)
    } finally {
      clearInterval(timer)
      limited.unlink()
    }
  }

  private watch(limited: LinkedSignal): () => Promise<void> {
    const { gauge, bytes } = this
    const residentBefore = gauge.residentBytes()
    let cachedBefore: number | null = null
    let looking = false
    const grown = async () => {
      // Asked for at the first look: most queries are over by then.
      cachedBefore ??= await gauge.cachedBytes()
      const resident = gauge.residentBytes() - residentBefore
      // Asked again only when it matters.
      return resident <= bytes ? resident : resident - ((await gauge.cachedBytes()) - cachedBefore)
    }
    return async () => {
      if (looking || limited.signal.aborted) return
      looking = true
      // A look that fails tells nothing; the next one may.
      if ((await grown().catch(() => 0)) > bytes)
        limited.abort(engineError('ENGINE_QUERY_TOO_HEAVY', { mebibytes: Math.floor(bytes / MIB) }))
      looking = false
    }
  }
}
