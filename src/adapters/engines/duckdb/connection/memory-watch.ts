import type { Connections } from './connections.js'

const SAMPLE_EVERY_MS = 200

/** Memory in use but for the cache of the warehouse's own pages, which DuckDB gives up when it needs room. */
const IN_USE = `select sum(memory_usage_bytes)::DOUBLE from duckdb_memory() where tag not in ('BASE_TABLE', 'METADATA')`

/**
 * Runs `work` and samples the engine's memory meanwhile. Null for work that was over before the first sample.
 * DuckDB counts per process, so work that ran beside it is in the figure.
 */
export async function withPeakMemory<T>(
  monitors: Connections,
  work: () => Promise<T>,
): Promise<{ result: T; peakMemoryBytes: number | null }> {
  let peak: number | null = null
  let sampling = false
  const timer = setInterval(() => {
    if (sampling) return
    sampling = true
    void sample(monitors).then((bytes) => {
      peak = Math.max(peak ?? 0, bytes)
      sampling = false
    })
  }, SAMPLE_EVERY_MS)
  try {
    const result = await work()
    return { result, peakMemoryBytes: peak }
  } finally {
    clearInterval(timer)
  }
}

/** A sample that fails tells nothing: the statement it accompanies must not suffer. */
async function sample(monitors: Connections): Promise<number> {
  try {
    return await monitors.use(async (connection) => {
      const [row] = await (await connection.run(IN_USE)).getRowsJson()
      return Number(row?.[0] ?? 0)
    })
  } catch {
    return 0
  }
}
