import type { QueryResult } from '../adapters/engines/engine.js'
import type { Session } from './session.js'

/** Runs one read-only statement on released rows. @throws ENGINE_QUERY_REFUSED, ENGINE_STATEMENT_FAILED */
export async function queryProject(
  session: Session,
  request: { sql: string; maxRows: number },
  signal: AbortSignal,
): Promise<QueryResult> {
  const engine = await session.services.engine()
  return engine.query(
    { sql: request.sql, parameters: session.loaded.project.vars, maxRows: request.maxRows },
    signal,
  )
}
