import type { Environment } from '../load.js'
import { requireBound } from '../plan-project.js'
import { openSession, reloadSession, type Session, type SessionOptions } from '../session.js'

/**
 * A project that runs can be made of. Its state and its warehouse are open: what serves them must not find out at the
 * first request that another process owns the file. Its statements are bound: a column that is not there would fail
 * every run of the project, whatever it builds.
 * @throws PROJECT_NOT_FOUND, PROJECT_INVALID, ENGINE_BUSY, STATE_UNREACHABLE
 */
export const openUsable = async (options: SessionOptions): Promise<Session> =>
  usable(await openSession(options))

/** The project as it is on disk now, if it is one that can take the place of the old one. @throws as `openUsable` does */
export const reloadUsable = async (old: Session, env: Environment): Promise<Session> =>
  usable(await reloadSession(old, env))

async function usable(session: Session): Promise<Session> {
  try {
    await Promise.all([session.services.store(), session.services.engine()])
    await requireBound(session)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}
