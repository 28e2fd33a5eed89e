import type { QueryResult } from '../adapters/engines/engine.js'
import { requireRowLimit } from './query-limit.js'
import type { Session } from './session.js'

/** Runs one read-only statement on released rows. @throws QUERY_LIMIT_INVALID, ENGINE_QUERY_REFUSED, ENGINE_QUERY_FAILED, ENGINE_QUERY_TOO_LONG */
export async function queryProject(
  session: Session,
  request: { sql: string; maxRows: number },
  signal: AbortSignal,
): Promise<QueryResult> {
  requireRowLimit(request.maxRows)
  const engine = await session.services.engine()
  return engine.query(
    { sql: request.sql, parameters: session.loaded.project.vars, maxRows: request.maxRows },
    signal,
  )
}
