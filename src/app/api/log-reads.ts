import { appError } from '../errors.js'
import { type LogRequest, readRunLog } from '../run-log/read.js'
import type { Session } from '../session.js'
import type { LogLine } from './shapes.js'

/** Lines of one run's log in order; none where the log is no longer kept. @throws RUN_UNKNOWN */
export async function readLog(
  { loaded: { project }, services }: Session,
  request: LogRequest,
): Promise<readonly LogLine[]> {
  const store = await services.store()
  const [found] = await store.runs({ limit: 1, before: request.run + 1 })
  if (found?.run !== request.run) throw appError('RUN_UNKNOWN', { run: request.run })
  return readRunLog(project.home, request)
}
