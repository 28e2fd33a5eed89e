import { appError } from '../errors.js'
import { type LogRequest, readRunLog } from '../run-log/read.js'
import type { Session } from '../session.js'
import type { LogLine } from './shapes.js'

/** Lines of one run's log in order. @throws RUN_UNKNOWN */
export async function readLog({ services }: Session, request: LogRequest): Promise<readonly LogLine[]> {
  const store = await services.store()
  if (!(await store.run(request.run))) throw appError('RUN_UNKNOWN', { run: request.run })
  return readRunLog(services.project.home, request)
}
